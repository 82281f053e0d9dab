import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const CONTROLS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const ALL = new RegExp(CONTROLS, 'g');

export const bidiControls: RowCheck = {
  code: 'bidi_controls',
  needs: MARK.bidi,
  ...warns,
  fixable: true,
  message: 'Characters that turn the direction of writing stand in a text that is written in one direction',
  fix: 'Remove them: they make a text look other than it is',
  find: (view) =>
    inTexts(view, ({ text, scan: { marks } }) =>
      marks & MARK.bidi && !(marks & MARK.rightToLeft) ? match(text, CONTROLS) : null,
    ),
  mendText: (text) => text.replaceAll(ALL, ''),
};
