import { expect, test } from 'vitest';
import { drop } from './drop.ts';

const asked = { role: 'user', content: 'Why is the sky blue?' };
const answered = {
  role: 'assistant',
  content: 'Because air scatters blue light more than red \ud83d\ude00 “so”.',
};
const row = { kind: 'chat', messages: [asked, answered] };

/** The row of a line, as it was written. */
const rowsOf = async (body: string | Uint8Array, data = {}): Promise<readonly string[]> =>
  (await drop({ file: 'a.jsonl', body }, { data })).rows.map((told) => JSON.stringify(told.row));

test.each([
  ['as it is', JSON.stringify({ messages: [asked, answered] })],
  ['with spaces', JSON.stringify({ messages: [asked, answered] }, null, 1).replaceAll('\n', ' ')],
  [
    'with escapes',
    JSON.stringify({ messages: [asked, answered] }).replaceAll(
      /[^ -~]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  ],
  [
    'with keys the other way round',
    `{"messages":[{"content":${JSON.stringify(asked.content)},"role":"user"},${JSON.stringify(answered)}]}`,
  ],
  ['with a key that nothing reads', JSON.stringify({ messages: [asked, answered], id: 7 })],
  ['with another name for a role', JSON.stringify({ messages: [{ ...asked, role: 'human' }, answered] })],
  ['after a mark, before a carriage return', `\ufeff${JSON.stringify({ messages: [asked, answered] })}\r`],
])('a line %s is one row', async (_, line) => {
  expect(await rowsOf(line)).toEqual([JSON.stringify(row)]);
  expect(await rowsOf(`${line}\n\n${line.replace('\ufeff', '')}\n`)).toEqual([
    JSON.stringify(row),
    JSON.stringify(row),
  ]);
});

test('what the recipe adds or takes out is in the row', async () => {
  const line = JSON.stringify({ messages: [asked, { ...answered, content: 'Ask anna.7@kontor-nord.de' }] });
  const data = { system: 'Be kind.', privacy: { mode: 'redact' } };
  const [told] = await rowsOf(line, data);
  expect(told).toBe(
    JSON.stringify({
      kind: 'chat',
      messages: [{ role: 'system', content: 'Be kind.' }, asked, { ...answered, content: 'Ask [EMAIL]' }],
    }),
  );
});
