import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResolvedObjective } from '../../../shared/contracts/objective.ts';
import type { Message, Row } from '../../../shared/contracts/row.ts';
import { encodeExamples } from '../../../shared/text/examples.ts';
import { encodeRow, renderPrompt } from '../../../shared/text/template.ts';
import type { Tokenizer } from '../../../shared/text/tokenizer.ts';
import { chat, say, shownTokens } from '../../helpers/rows-of-text.ts';
import { tokenizer, withTemplate } from '../../helpers/tiny-tokenizer.ts';

type Type = ResolvedObjective['type'];
const COMPARING = ['dpo', 'orpo', 'simpo', 'kto'] as const;

const preference = (messages: Message[], chosen: string, rejected: string): Row => ({
  kind: 'preference',
  messages,
  chosen: [say('assistant', chosen)],
  rejected: [say('assistant', rejected)],
});
const labelled = (label: boolean, ...messages: Message[]): Row => ({ kind: 'kto', messages, label });
const encode = (row: Row, objective: Type, { maxLength = 10_000, compared = false, by = tokenizer } = {}) =>
  encodeExamples(by, row, { objective, maxLength, compared });
const read = (row: Row, objective: Type, options: Parameters<typeof encode>[2] = {}) =>
  encode(row, objective, options).rows.map((tokens) => shownTokens(options.by ?? tokenizer, tokens));

const PAIR = preference([say('user', 'a'), say('assistant', 'b'), say('user', 'c')], 'yes', 'no');
const PROMPT = '<|user|>a<|end|>\n<|assistant|>b<|end|>\n<|user|>c<|end|>\n<|assistant|>';

describe('a pair of answers', () => {
  test.each(COMPARING)('under %s is chosen, then rejected, and nothing but the answers is learnt', (type) => {
    expect(read(PAIR, type)).toEqual([`${PROMPT}[yes<|end|>]`, `${PROMPT}[no<|end|>]`]);
  });
  test('under kto they are labelled, under the others not', () => {
    expect(encode(PAIR, 'kto').rows.map(({ desirable }) => desirable)).toEqual([true, false]);
    expect(encode(PAIR, 'dpo').rows.some((row) => 'desirable' in row)).toBe(false);
  });
  test('is imitated by its chosen answer alone, unless it is to be compared', () => {
    expect(read(PAIR, 'sft')).toEqual([`${PROMPT}[yes<|end|>]`]);
    expect(read(PAIR, 'text')).toEqual([`${PROMPT}yes<|end|>\n`].map(allButFirst));
    for (const type of ['sft', 'text'] as const)
      expect(read(PAIR, type, { compared: true })).toEqual(read(PAIR, 'dpo'));
  });
  test('answers of several messages are learnt where the assistant speaks', () => {
    const call = say('assistant', 'look');
    const row = { ...PAIR, chosen: [call, say('tool', 'x'), say('assistant', 'yes')] } as Row;
    expect(read(row, 'dpo')[0]).toBe(`${PROMPT}[look<|end|>]\n<|tool|>x<|end|>\n<|assistant|>[yes<|end|>]`);
  });
  test('is cut on both sides, and gone where one side keeps no answer', () => {
    const promptLength = tokenizer.encode(PROMPT).length;
    const long = preference([say('user', 'hi')], 'yes '.repeat(40), 'no');
    const cut = encode(long, 'dpo', { maxLength: 24 });
    expect(cut.truncated).toBe(true);
    expect(cut.rows.map(({ ids }) => ids.length <= 24)).toEqual([true, true]);
    expect(encode(PAIR, 'dpo', { maxLength: promptLength + 1 }).rows.map(({ trained }) => trained)).toEqual([
      1, 1,
    ]);
    expect(encode(PAIR, 'dpo', { maxLength: promptLength })).toEqual({ rows: [], truncated: true });
  });
  test('is asked for its chosen answer', () => {
    expect(renderPrompt(tokenizer, PAIR)).toMatchObject({ prompt: PROMPT, reference: 'yes' });
  });
});

const allButFirst = (text: string): string => {
  const [first] = tokenizer.encode(text);
  const begin = tokenizer.decode([first!]);
  return `${begin}[${text.slice(begin.length)}]`;
};

describe('a labelled answer', () => {
  test('is learnt alone of the dialogue, with its label', () => {
    for (const label of [true, false]) {
      const row = labelled(
        label,
        say('user', 'a'),
        say('assistant', 'b'),
        say('user', 'c'),
        say('assistant', 'd'),
      );
      expect(read(row, 'kto')).toEqual([`${PROMPT}[d<|end|>]`]);
      expect(encode(row, 'kto').rows.map(({ desirable }) => desirable)).toEqual([label]);
    }
  });
});

describe('continued pretraining', () => {
  test('learns every token but the first, of a dialogue as of a text', () => {
    const row = chat(say('user', 'a'), say('assistant', 'b', { weight: 0 }));
    expect(read(row, 'text')).toEqual([allButFirst('<|user|>a<|end|>\n<|assistant|>b<|end|>\n')]);
    const plain: Row = { kind: 'text', text: 'hello' };
    expect(encode(plain, 'text').rows).toEqual([encodeRow(tokenizer, plain, { maxLength: 10_000 })]);
  });
});

/** Opens a thought where it invites, and writes it before each answer that has one. */
const THINKING = withTemplate(
  "{% for m in messages %}<|{{ m.role }}|>{% if m.role == 'assistant' and m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ m.content }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|assistant|><think>{% endif %}",
);

const promptOf = ({ ids, weights }: { ids: Int32Array; weights: Float32Array }) =>
  Array.from(
    ids.slice(
      0,
      weights.findIndex((w) => w > 0),
    ),
  );

describe('of any pair the prompt is the same tokens on both sides', () => {
  const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
  const answer = fc.record(
    { role: fc.constant('assistant' as const), content: word, reasoning_content: word },
    { requiredKeys: ['role', 'content'] },
  );
  const prompt = fc
    .array(fc.tuple(word, word), { maxLength: 2 })
    .chain((rounds) =>
      word.map((last) => [
        ...rounds.flatMap(([q, a]) => [say('user', q), say('assistant', a)]),
        say('user', last),
      ]),
    );
  test.each([
    ['the base’s template', tokenizer],
    ['a template that opens a thought', THINKING],
    ['no template', withTemplate(null)],
  ] as [string, Tokenizer][])('%s', (_, by) => {
    fc.assert(
      fc.property(prompt, answer, answer, (messages, chosen, rejected) => {
        const row: Row = { kind: 'preference', messages, chosen: [chosen], rejected: [rejected] };
        const { rows } = encode(row, 'dpo', { by });
        expect(rows).toHaveLength(2);
        expect(promptOf(rows[0]!)).toEqual(promptOf(rows[1]!));
        for (const { ids, weights } of rows)
          expect(Array.from(weights.slice(promptOf({ ids, weights }).length))).not.toContain(0);
      }),
      { numRuns: 60 },
    );
  });
});
