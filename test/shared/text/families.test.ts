/** Templates of published models: rendered as Python renders them, and learnt as they ask. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../shared/contracts/row.ts';
import { renderChat, type ChatRow } from '../../../shared/text/chat.ts';
import { encodeExamples } from '../../../shared/text/examples.ts';
import type { Tokenizer } from '../../../shared/text/tokenizer.ts';
import { chat, say } from '../../helpers/rows-of-text.ts';
import { speaking } from '../../helpers/tiny-tokenizer.ts';

type Family = {
  readonly name: string;
  readonly chat_template: string;
  readonly ends: readonly string[];
  readonly bos: string | null;
  readonly cases: readonly {
    readonly name: string;
    readonly row: ChatRow;
    /** of every beginning of the row: without and with an invitation, by Python's jinja2 */
    readonly texts: readonly (readonly [plain: string, inviting: string])[];
  }[];
};
const fixture = new URL('../../fixtures/templates/templates.json', import.meta.url);
const FAMILIES = JSON.parse(readFileSync(fixture, 'utf8')) as Family[];

const tokenizerOf = ({ chat_template, ends, bos }: Family): Tokenizer =>
  speaking(chat_template, ends, { bos_token: bos });

/** Learnt texts of each sequence, where there is something to learn. */
const learnt = (tokenizer: Tokenizer, row: Row, compared = false): string[][] =>
  encodeExamples(tokenizer, row, { objective: 'sft', maxLength: 100_000, compared }).rows.map(
    ({ ids, weights }) => {
      const texts: number[][] = [];
      for (const [i, id] of ids.entries()) {
        if (weights[i] === 0) continue;
        if (i === 0 || weights[i - 1] === 0) texts.push([]);
        texts.at(-1)!.push(id);
      }
      return texts.map((text) => tokenizer.decode(text));
    },
  );

const IM = '<|im_end|>';
const EMPTY = '<think>\n\n</think>\n\n';
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Paris", "days": 2}}\n</tool_call>';
const EOS = '<｜end▁of▁sentence｜>';

/** By hand, from the templates: sequences of answers. */
const LEARNT: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  ChatML: {
    turns: [[`four${IM}`, `六${IM}`]],
    weights: [[`five${IM}`]],
    thoughts: [[`four${IM}`, `five${IM}`]],
  },
  'Qwen2.5': {
    turns: [[`four${IM}`, `六${IM}`]],
    weights: [[`five${IM}`]],
    thoughts: [[`four${IM}`, `five${IM}`]],
    tools: [[`${CALL}${IM}`, `18 degrees${IM}`]],
  },
  Qwen3: {
    turns: [[`${EMPTY}four${IM}`], [`${EMPTY}六${IM}`]],
    weights: [[`${EMPTY}five${IM}`]],
    thoughts: [[`<think>\neasy\n</think>\n\nfour${IM}`], [`<think>\nhard\n</think>\n\nfive${IM}`]],
    tools: [[`${EMPTY}${CALL}${IM}`], [`${EMPTY}18 degrees${IM}`]],
  },
  SmolLM3: {
    turns: [[`four${IM}`, `六${IM}`]],
    weights: [[`five${IM}`]],
    thoughts: [[`four${IM}`, `five${IM}`]],
  },
  'Phi-3.5': {
    turns: [['four<|end|>', '六<|end|>']],
    weights: [['five<|end|>']],
    thoughts: [['four<|end|>', 'five<|end|>']],
  },
  'Mistral-Nemo': {
    turns: [['four</s>'], ['六</s>']], // it moves the system message behind the last question
    weights: [['five</s>']],
    thoughts: [['four</s>', 'five</s>']],
    tools: [
      [
        '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Paris", "days": 2}, "id": "abcdefghi"}]</s>',
        '18 degrees</s>',
      ],
    ],
  },
  'DeepSeek-V3': {
    turns: [[`four${EOS}`, `六${EOS}`]],
    weights: [[`five${EOS}`]],
    thoughts: [[`four${EOS}`, `five${EOS}`]],
    tools: [
      [
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{"city": "Paris", "days": 2}\n```<｜tool▁call▁end｜>', // no end of sentence: so the template has it
        `18 degrees${EOS}`,
      ],
    ],
  },
};

describe.each(FAMILIES)('$name', (family) => {
  const tokenizer = tokenizerOf(family);

  test.each(family.cases)('$name: every beginning is written as Python writes it', ({ row, texts }) => {
    for (const [i, [plain, inviting]] of texts.entries()) {
      expect(renderChat(tokenizer, row, i + 1, false)).toBe(plain);
      expect(renderChat(tokenizer, row, i + 1, true)).toBe(inviting);
    }
  });

  test.each(family.cases)('$name: every answer is learnt once, as it is asked for', ({ name, row }) => {
    expect(learnt(tokenizer, row)).toEqual(LEARNT[family.name]![name]);
  });

  test.each(family.cases)('$name: what is learnt follows what invites it', ({ row, texts }) => {
    const { rows } = encodeExamples(tokenizer, row, {
      objective: 'sft',
      maxLength: 100_000,
      compared: false,
    });
    const invitations = row.messages.flatMap(({ role, weight }, i) =>
      role === 'assistant' && weight !== 0 ? [texts[i - 1]![1]] : [],
    );
    const read = rows.map(({ ids, weights }) => {
      const begin = weights.findIndex((w) => w > 0);
      return tokenizer.decode(ids.subarray(0, begin));
    });
    for (const text of read) expect(invitations).toContain(text);
  });

  test('a held-out row is one sequence, its last answer learnt', () => {
    const [{ row }] = family.cases as [Family['cases'][number]];
    const [only, ...more] = learnt(tokenizer, row, true);
    expect(more).toEqual([]);
    expect(only!.at(-1)).toBe(LEARNT[family.name]!['turns']!.at(-1)!.at(-1));
  });
});

const callsOf = (id: string | undefined): Row => {
  const called = { type: 'function' as const, function: { name: 'add', arguments: '{"x":1}' } };
  const call = id === undefined ? called : { ...called, id };
  return chat(
    say('user', 'a'),
    say('assistant', null, { tool_calls: [call] }),
    say('tool', '2', id === undefined ? {} : { tool_call_id: id }),
    say('assistant', 'two'),
  );
};

describe('calls', () => {
  const row = chat(
    say('user', 'a'),
    say('assistant', 'I look.', {
      tool_calls: [{ type: 'function', function: { name: 'add', arguments: '{"x":1}' } }],
    }),
  );
  test('are never learnt as what JavaScript calls an object, nor left out in silence', () => {
    for (const family of FAMILIES) {
      let text: string;
      try {
        text = learnt(tokenizerOf(family), row).flat().join('');
      } catch (error) {
        expect(String(error)).toContain('leaves out the call of the tool "add"');
        continue;
      }
      expect(text).toMatch(/add.*"x": ?1/s);
      expect(text).not.toContain('[object');
    }
  });

  test.each(['call_abc', undefined])('ids of any form (%s) become those that Mistral wants', (id) => {
    const [answers] = learnt(tokenizerOf(FAMILIES.find(({ name }) => name === 'Mistral-Nemo')!), callsOf(id));
    expect(answers).toEqual([
      '[TOOL_CALLS][{"name": "add", "arguments": {"x": 1}, "id": "call00000"}]</s>',
      'two</s>',
    ]);
  });

  test('a history that is written otherwise once the answer is there: what is asked is read, the answer alone is learnt', () => {
    const template = `{% for m in messages %}{% if m.role == 'tool' %}{{ '(' + m.content + ')' }}{% if not loop.last %}{{ '\\n' }}{% endif %}{% else %}{{ '<|' + m.role + '|>' + m.content }}{% if m.role == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`;
    const tokenizer = speaking(template, ['<|end|>']);
    const used = chat(say('user', 'a'), say('assistant', 'b'), say('tool', 'c'), say('assistant', 'd'));
    expect(learnt(tokenizer, used)).toEqual([['b<|end|>', 'd<|end|>']]);
    const { ids } = encodeExamples(tokenizer, used, { objective: 'sft', maxLength: 1000, compared: false })
      .rows[0]!;
    expect(tokenizer.decode(ids)).toBe('<|user|>a<|assistant|>b<|end|>(c)<|assistant|>d<|end|>');
  });
});
