import { expect, test } from 'vitest';
import { heldOutRows } from '../../../gpu-worker/evaluate/held-out.ts';
import type { Row } from '../../../shared/contracts/row.ts';
import { encodeExamples } from '../../../shared/text/examples.ts';
import { chat, say, shownTokens } from '../../helpers/rows-of-text.ts';
import { tokenizer } from '../../helpers/tiny-tokenizer.ts';

const maxLength = 1000;
const asked = say('user', 'q');
const pair: Row = {
  kind: 'preference',
  messages: [asked],
  chosen: [say('assistant', 'yes')],
  rejected: [say('assistant', 'no')],
};
const labelled = (label: boolean): Row => ({ kind: 'kto', messages: [asked, say('assistant', 'so')], label });

test('rows and their tokens meet again, whatever stands between them', () => {
  const rows = [chat(asked, say('assistant', 'a')), pair, labelled(false), labelled(true), pair].map(
    (row, i) => ({ line: i + 1, row }),
  );
  const tokens = rows.flatMap(({ row, line }) =>
    encodeExamples(tokenizer, row, { objective: 'kto', maxLength, compared: true }).rows.map((t) => ({
      ...t,
      line,
    })),
  );
  expect(tokens).toHaveLength(7);
  const found = heldOutRows(rows, tokens, { tokenizer, maxLength });
  const read = found.map(({ line, tokens: own, rejected, reference }) => [
    line,
    own.line,
    shownTokens(tokenizer, own),
    rejected && shownTokens(tokenizer, rejected),
    reference,
  ]);
  const q = '<|user|>q<|end|>\n<|assistant|>';
  expect(read).toEqual([
    [1, 1, `${q}[a<|end|>]`, null, 'a'],
    [2, 2, `${q}[yes<|end|>]`, `${q}[no<|end|>]`, 'yes'],
    [4, 4, `${q}[so<|end|>]`, null, 'so'],
    [5, 5, `${q}[yes<|end|>]`, `${q}[no<|end|>]`, 'yes'],
  ]);
});
