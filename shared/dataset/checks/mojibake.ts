import { excerptOf } from '../place.ts';
import { around, inTexts, warns, type RowCheck } from './check.ts';
import { hasGbkMojibake, isAboutEncoding, mendGbk, mendWindows, windowsMojibakeAt } from './encodings.ts';
import { MARK, type Scan } from './scan.ts';
import { HAS } from './view.ts';

const found = (text: string, { marks, han }: Scan): string | null => {
  const at = marks & MARK.lead ? windowsMojibakeAt(text) : -1;
  if (at >= 0) return around(text, at);
  return han > 0 && hasGbkMojibake(text) === 'whole' ? excerptOf(text) : null;
};

export const mojibake: RowCheck = {
  code: 'mojibake',
  needs: MARK.lead | HAS.han,
  ...warns,
  fixable: true,
  message: 'UTF-8 was read as another encoding: Ã© for é, â€™ for ’, 浣犲ソ for 你好',
  fix: 'Read the source as UTF-8',
  find(view) {
    const all = inTexts(view, ({ text, scan }) => found(text, scan));
    return all.length > 0 && isAboutEncoding(view) ? [] : all;
  },
  mendText: (text, { scan: { marks } }) =>
    marks & MARK.lead && windowsMojibakeAt(text) >= 0 ? mendWindows(text) : mendGbk(text),
};
