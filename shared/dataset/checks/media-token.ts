import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const MEDIA =
  /<image>(?![^]*<\/image>)|(?:^|\n)<(?:video|audio)>(?:\n|$)|<\|image_\d+\|>|<image_\d+>|!\[[^\]\n]*\]\(data:image/;

export const mediaToken: RowCheck = {
  code: 'media_token',
  needs: MARK.angle | MARK.bracket,
  ...warns,
  message: 'A text stands for a picture or a sound (<image>) that is not trained on',
  fix: 'Remove the row: its question cannot be answered from text',
  find: (view) =>
    inTexts(view, ({ text, scan, part }) =>
      scan.marks & (MARK.angle | MARK.bracket) && part === 'content' ? match(text, MEDIA) : null,
    ),
};
