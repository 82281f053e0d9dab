import { inTexts, match, remarks, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

export const carriageReturns: RowCheck = {
  code: 'carriage_returns',
  needs: MARK.carriage,
  ...remarks,
  fixable: true,
  message: 'Lines inside a text end as on Windows (\\r\\n): the model would learn to write that',
  fix: 'End lines with \\n alone',
  find: (view) =>
    inTexts(view, ({ text, scan, part }) =>
      scan.marks & MARK.carriage && part !== 'arguments' ? match(text, /\r/) : null,
    ),
  mendText: (text) => text.replaceAll(/\r\n?/g, '\n'),
};
