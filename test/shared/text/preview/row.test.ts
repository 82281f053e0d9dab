import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PreviewInput, PreviewRow } from '../../../../shared/contracts/preview.ts';
import type { Row } from '../../../../shared/contracts/row.ts';
import { encodeExamples } from '../../../../shared/text/examples.ts';
import { previewRow, type PreviewOptions } from '../../../../shared/text/preview/row.ts';
import { originName, segmentsOf } from '../../../../shared/text/preview/segments.ts';
import { spell } from '../../../../shared/text/preview/spelling.ts';
import { chat, say } from '../../../helpers/rows-of-text.ts';
import { tokenizer, withBos, withTemplate } from '../../../helpers/tiny-tokenizer.ts';

const inputOf = (row: Row, fate: PreviewInput['fate'] = 'train'): PreviewInput => ({
  number: 1,
  file: 'a.jsonl',
  line: 1,
  fate,
  reason: null,
  row,
});
type Options = Partial<PreviewOptions> & { fate?: PreviewInput['fate']; by?: typeof tokenizer };
const preview = (row: Row, { fate, by = tokenizer, ...more }: Options = {}): PreviewRow =>
  previewRow(by, inputOf(row, fate), { objective: 'sft', maxLength: 10_000, ...more });

/** `why from: text` of every segment of a side. */
const told = ({ sides }: PreviewRow, side = 0): string[] =>
  segmentsOf(sides[side]!).map(
    ({ why, weight, from, tokens }) =>
      `${why}${weight > 0 && weight < 1 ? ` ${weight}` : ''} ${originName(from)}: ${tokens.map(({ text }) => text).join('')}`,
  );

const DIALOGUE = chat(
  say('system', 'be brief'),
  say('user', 'two and two?'),
  say('assistant', 'four', { weight: 0.3 }),
  say('user', 'and three?'),
  say('assistant', 'six', { weight: 0 }),
  say('user', 'sure?'),
  say('assistant', 'five'),
);

describe('why a token is learnt or not, and where it comes from', () => {
  test('of a dialogue with weights', () => {
    expect(told(preview(DIALOGUE))).toEqual([
      'first template: <|system|>'.replace('<|system|>', '<'),
      'context template: |system|>',
      'context system, message 1: be brief',
      'context template: <|end|>\n<|user|>',
      'context user, message 2: two and two?',
      'context template: <|end|>\n<|assistant|>',
      'learnt 0.3 assistant, message 3: four',
      'learnt 0.3 template: <|end|>',
      'context template: \n<|user|>',
      'context user, message 4: and three?',
      'context template: <|end|>\n<|assistant|>',
      'weight assistant, message 5: six',
      'context template: <|end|>\n<|user|>',
      'context user, message 6: sure?',
      'context template: <|end|>\n<|assistant|>',
      'learnt assistant, message 7: five',
      'learnt template: <|end|>',
    ]);
  });

  test('what is cut says what it would have been', () => {
    const whole = preview(DIALOGUE).sides[0]!;
    const cut = preview(DIALOGUE, { maxLength: whole.length - 3 }).sides[0]!;
    expect([cut.length, cut.cut, cut.learnt + cut.lost]).toEqual([whole.length, 3, whole.learnt]);
    expect(cut.tokens.slice(-3).map(({ why, weight }) => [why, weight])).toEqual([
      ['cut', 1],
      ['cut', 1],
      ['cut', 1],
    ]);
    expect(preview(DIALOGUE, { maxLength: 10 }).used).toBe(false);
  });

  test('earlier answers that the template writes otherwise are told apart from weight 0', () => {
    const thinking = withTemplate(
      `{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' and loop.last %}{{ '(hm)' }}{% endif %}{{ m.content + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`,
    );
    const row = chat(say('user', 'a'), say('assistant', 'b'), say('user', 'c'), say('assistant', 'd'));
    const both = preview(row, { by: thinking });
    expect(told(both)).toContain('learnt assistant, message 2: b');
    expect(told(both)).not.toContain('learnt assistant, message 4: d');
    expect(told(both, 1)).toContain('history assistant, message 2: b');
    expect(told(both, 1)).toContain('learnt assistant, message 4: d');
  });

  test('of tools, calls and thoughts', () => {
    const full = withTemplate(
      `{% if tools %}{{ 'T:' + (tools | tojson) + ';' }}{% endif %}{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.reasoning_content %}{{ '(' + m.reasoning_content + ')' }}{% endif %}{{ m.content }}{% for c in m.tool_calls or [] %}{{ '{' + c.function.name + ' ' + (c.function.arguments | tojson) + '}' }}{% endfor %}{{ '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`,
    );
    const call = { type: 'function' as const, function: { name: 'add', arguments: '{"x":12}' } };
    const row: Row = {
      ...chat(
        say('user', 'add'),
        say('assistant', '', { reasoning_content: 'sum', tool_calls: [call] }),
        say('tool', '12'),
        say('assistant', 'done'),
      ),
      tools: [{ type: 'function', function: { name: 'add' } }],
    };
    const all = told(preview(row, { by: full }));
    expect(all).toContain('context user, message 1: add');
    expect(all).toContain('learnt assistant reasoning, message 2: sum');
    expect(all).toContain('learnt assistant call, message 2: add {"x": 12');
    expect(all).toContain('context tool, message 3: 12');
    expect(all.some((line) => line.startsWith('context tools: '))).toBe(true);
  });

  test('a message that says what the template says as well is found where it stands', () => {
    expect(told(preview(chat(say('user', 'assistant'), say('assistant', 'user'))))).toEqual([
      'first template: <|user|>',
      'context user, message 1: assistant',
      'context template: <|end|>\n<|assistant|>',
      'learnt assistant, message 2: user',
      'learnt template: <|end|>',
    ]);
  });

  test('a text is learnt but for its first token', () => {
    expect(told(preview({ kind: 'text', text: 'ab' }))).toEqual(['first text: a', 'learnt text: b<|end|>']);
    expect(told(preview({ kind: 'text', text: 'ab' }, { by: withBos() }))[0]).toBe('first text: <|user|>');
  });
});

describe('pairs', () => {
  const pair: Row = {
    kind: 'preference',
    messages: [say('user', 'a'), say('assistant', 'b'), say('user', 'c')],
    chosen: [say('assistant', 'yes')],
    rejected: [say('assistant', 'no')],
  };
  test('show both sides, and earlier answers are context', () => {
    const row = preview(pair, { objective: 'dpo' });
    expect(row.sides.map(({ name, desirable }) => [name, desirable])).toEqual([
      ['chosen', null],
      ['rejected', null],
    ]);
    expect(told(row)).toContain('context assistant, message 2: b');
    expect(told(row, 1)).toContain('learnt assistant, message 4: no');
    expect(preview(pair, { objective: 'kto' }).sides.map((side) => side.desirable)).toEqual([true, false]);
  });
  test('that are imitated show the chosen side, but both where they are held out', () => {
    expect(preview(pair).sides.map(({ name }) => name)).toEqual([null]);
    expect(preview(pair, { fate: 'held_out' }).sides).toHaveLength(2);
  });
});

const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('你好，世界', '🙂👩‍👩‍👧', ' a ', '\n', 'é', '<|end|>', '\uFFFD'),
);
const ROWS: fc.Arbitrary<Row> = fc
  .array(fc.tuple(TEXT, TEXT, fc.constantFrom(0, 0.5, 1)), { minLength: 1, maxLength: 3 })
  .map((turns) =>
    chat(...turns.flatMap(([q, a, weight]) => [say('user', q), say('assistant', a, { weight })])),
  );

describe('is what training reads', () => {
  test('tokens, weights and what is left of them, at every length', () => {
    fc.assert(
      fc.property(ROWS, fc.integer({ min: 1, max: 60 }), (row, maxLength) => {
        const { sides, used } = preview(row, { maxLength });
        const examples = encodeExamples(tokenizer, row, { objective: 'sft', maxLength, compared: false });
        expect(used).toBe(examples.rows.length > 0);
        for (const [i, { ids, weights, trained }] of examples.rows.entries()) {
          const read = sides[i]!.tokens.filter(({ why }) => why !== 'cut');
          expect(read.map(({ id }) => id)).toEqual([...ids]);
          expect(Float32Array.from(read, ({ weight }) => weight)).toEqual(weights);
          expect(sides[i]!.learnt).toBe(trained);
        }
      }),
    );
  });

  test('texts end to end are the text of all', () => {
    fc.assert(
      fc.property(TEXT, TEXT, (a, b) => {
        const ids = tokenizer.encode(a + b);
        expect(spell(tokenizer, ids).join('')).toBe(tokenizer.decode(ids));
      }),
    );
  });
});
