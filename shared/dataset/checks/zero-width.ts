import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

/** Joiners stay where they join: in emoji, and in scripts that need them. */
const INVISIBLE =
  /[\u200b\u2060-\u2064\ufeff\u00ad]|(?<!\p{M}|\p{Emoji}|\ufe0f|[\u0600-\u07ff]|[\u0900-\u1cff])(?:\u200c|\u200d)/u;
const ALL = new RegExp(INVISIBLE, 'gu');

export const zeroWidth: RowCheck = {
  code: 'zero_width',
  needs: MARK.invisible,
  ...warns,
  fixable: true,
  message:
    'Characters without width stand in a text: nobody sees them, and they break words into other tokens',
  fix: 'Remove them',
  find: (view) =>
    inTexts(view, ({ text, scan: { marks } }) =>
      marks & MARK.invisible && !(marks & MARK.unspaced) ? match(text, INVISIBLE) : null,
    ),
  mendText: (text) => text.replaceAll(ALL, ''),
};
