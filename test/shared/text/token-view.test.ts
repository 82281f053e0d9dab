import { expect, test } from 'vitest';
import type { Row } from '../../../shared/contracts/row.ts';
import { kindOf } from '../../../shared/dataset/checks/index.ts';
import { TOKEN_CHECKS } from '../../../shared/dataset/checks/token-checks.ts';
import { tokenView } from '../../../shared/text/token-view.ts';
import { tokenizer, withTemplate } from '../../helpers/tiny-tokenizer.ts';

const chat = (question: string, answer: string): Row => ({
  kind: 'chat',
  messages: [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
});
const pair = (chosen: string, rejected: string): Row => ({
  kind: 'preference',
  messages: [{ role: 'user', content: 'q' }],
  chosen: [{ role: 'assistant', content: chosen }],
  rejected: [{ role: 'assistant', content: rejected }],
});
const long = 'a b c d e f g h '.repeat(20);

const codesOf = (row: Row, maxLength: number, by = tokenizer): string[] => {
  const view = tokenView(by, row, { objective: row.kind === 'preference' ? 'dpo' : 'sft', maxLength });
  return TOKEN_CHECKS.filter(({ find }) => find(view) !== null).map(({ code }) => code);
};

test.each<[string, Row, number, string[]]>([
  ['a row that fits', chat('one', 'two'), 1000, []],
  ['a question that leaves no room', chat(long, 'two'), 40, ['nothing_trained']],
  ['a question that leaves next to none', chat(long.slice(0, 60), long), 70, ['prompt_fills_context']],
  ['an answer that is cut', chat('one', long), 60, ['row_truncated']],
  ['a pair of which one side is cut', pair('x', long), 60, ['row_truncated']],
  ['a special token of the base', chat('say <|user|>', 'two'), 1000, ['base_special_tokens']],
  ['a text that is cut', { kind: 'text', text: long }, 40, ['row_truncated']],
])('%s', (_, row, maxLength, codes) => {
  expect(codesOf(row, maxLength)).toEqual(codes);
});

test('what the template refuses is told, and nothing is counted', () => {
  const strict = withTemplate("{{ raise_exception('roles must alternate') }}");
  expect(codesOf(chat('one', 'two'), 1000, strict)).toEqual(['template_refuses']);
  expect(tokenView(strict, chat('a', 'b'), { objective: 'sft', maxLength: 9 }).refused).toContain(
    'must alternate',
  );
});

test('every code is known to the report', () => {
  for (const { code, message } of TOKEN_CHECKS) expect(kindOf(code).message).toBe(message);
});
