import { describe, expect, test } from 'vitest';
import { encodeRow, renderPrompt } from '../../../shared/text/template.ts';
import { loadTokenizer } from '../../../shared/text/tokenizer.ts';
import { chat, say, shown, WHOLE } from '../../helpers/rows-of-text.ts';
import { files, tokenizer, withBos, withTemplate } from '../../helpers/tiny-tokenizer.ts';

const OK = chat(say('user', 'hello'), say('assistant', 'world'));

describe('through the base’s own template', () => {
  test('the answer and its end of turn are learnt, what follows is cut', () => {
    expect(shown(tokenizer, OK)).toBe('<|user|>hello<|end|>\n<|assistant|>[world<|end|>]');
    expect(encodeRow(tokenizer, OK, WHOLE)).toMatchObject({
      truncated: false,
      trained: 2 + 'wor'.length - 1,
    });
  });

  test('every answer of a conversation is learnt, the newline between turns is not', () => {
    const row = chat(
      say('user', 'a'),
      say('assistant', 'b'),
      say('user', 'c'),
      say('assistant', 'd'),
      say('user', 'e'),
    );
    expect(shown(tokenizer, row)).toBe(
      '<|user|>a<|end|>\n<|assistant|>[b<|end|>]\n<|user|>c<|end|>\n<|assistant|>[d<|end|>]',
    );
  });

  test('ids are those of the whole text', () => {
    const row = chat(
      say('user', 'hello  12 [tool] <|end|> x'),
      say('assistant', ' 你好\n'),
      say('user', '?'),
      say('assistant', ''),
    );
    const text =
      '<|user|>hello  12 [tool] <|end|> x<|end|>\n<|assistant|> 你好\n<|end|>\n<|user|>?<|end|>\n<|assistant|><|end|>';
    expect(encodeRow(tokenizer, row, WHOLE).ids).toEqual(tokenizer.encode(text));
  });

  test('weights of messages multiply, an answer of weight 0 is context', () => {
    const row = chat(
      say('user', 'a'),
      say('assistant', 'b', { weight: 0 }),
      say('user', 'c'),
      say('assistant', 'd', { weight: 0.5 }),
    );
    expect(shown(tokenizer, row)).toBe(
      '<|user|>a<|end|>\n<|assistant|>b<|end|>\n<|user|>c<|end|>\n<|assistant|>[d<|end|>]',
    );
    expect(encodeRow(tokenizer, row, WHOLE).weights.slice(-2)).toEqual(Float32Array.of(0.5, 0.5));
  });

  test('a row without an answer has nothing to learn, and says so', () => {
    expect(encodeRow(tokenizer, chat(say('user', 'hello')), WHOLE)).toMatchObject({
      trained: 0,
      truncated: false,
    });
    expect(
      encodeRow(tokenizer, chat(say('user', 'a'), say('assistant', 'b', { weight: 0 })), WHOLE).trained,
    ).toBe(0);
  });

  test('cutting keeps the beginning', () => {
    const whole = encodeRow(tokenizer, OK, WHOLE);
    const cut = encodeRow(tokenizer, OK, { maxLength: 5 });
    expect(cut).toMatchObject({ truncated: true, trained: 0 });
    expect(cut.ids).toEqual(whole.ids.slice(0, 5));
    expect(encodeRow(tokenizer, OK, { maxLength: whole.ids.length }).truncated).toBe(false);
    expect(encodeRow(tokenizer, OK, { maxLength: whole.ids.length - 1 }).trained).toBe(whole.trained - 1);
  });

  test('a system message is put before rows that have none', () => {
    const system = { ...WHOLE, system: 'be kind' };
    expect(shown(tokenizer, OK, system)).toMatch(/^<\|system\|>be kind<\|end\|>\n<\|user\|>/);
    expect(shown(tokenizer, chat(say('system', 'own'), ...OK.messages), system)).toMatch(
      /^<\|system\|>own<\|end\|>\n<\|user\|>/,
    );
  });

  test('prompt and answer are tokenised apart where a token would reach across', () => {
    const inviting = withTemplate(
      "{% for m in messages %}{% if m.role == 'assistant' %}hel{% endif %}{{ m.content + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}hel{% endif %}",
    );
    const row = chat(say('user', 'a'), say('assistant', 'lo'));
    const { promptIds } = renderPrompt(inviting, row);
    const { ids, weights } = encodeRow(inviting, row, WHOLE);
    expect(ids.slice(0, promptIds.length)).toEqual(promptIds);
    expect(weights.indexOf(1)).toBe(promptIds.length);
    expect(inviting.decode(ids)).toBe('a<|end|>hello<|end|>');
    expect(ids.length).toBeGreaterThan(inviting.encode('a<|end|>hello<|end|>').length);
  });

  test('a tokenizer that puts a space before every text puts none before an answer', () => {
    const spacing = loadTokenizer({
      ...files,
      tokenizer: { ...files.tokenizer, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } },
      config: {
        ...files.config,
        chat_template:
          "{% for m in messages %}{{ m.role + ':\n' + m.content + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:\n' }}{% endif %}",
      },
    });
    expect(spacing.decode(spacing.encode('b'))).toBe(' b');
    expect(shown(spacing, chat(say('user', 'a'), say('assistant', 'b')))).toBe(
      ' user:\na<|end|> assistant:\n[b<|end|>]',
    );
  });
});

describe('texts', () => {
  test('all tokens but the first are learnt, the end of text comes last', () => {
    expect(shown(tokenizer, { kind: 'text', text: 'ab' })).toBe('a[b<|end|>]');
    expect(encodeRow(tokenizer, { kind: 'text', text: '' }, WHOLE).trained).toBe(0);
  });

  test('bos comes first where the model expects it', () => {
    const beginning = withBos();
    expect(shown(beginning, { kind: 'text', text: 'ab' })).toBe('<|user|>[ab<|end|>]');
  });
});

describe('a prompt for evaluation', () => {
  test('is everything before the last answer, with the invitation', () => {
    const row = chat(say('user', 'a'), say('assistant', 'b'), say('user', 'c'), say('assistant', 'd\n'));
    const { prompt, promptIds, reference } = renderPrompt(tokenizer, row);
    expect(prompt).toBe('<|user|>a<|end|>\n<|assistant|>b<|end|>\n<|user|>c<|end|>\n<|assistant|>');
    expect(promptIds).toEqual(tokenizer.encode(prompt));
    expect(reference).toBe('d\n');
  });

  test('a long text is cut before it is halved', () => {
    const row = { kind: 'text' as const, text: 'abcdefgh'.repeat(1000) };
    const { promptIds, reference } = renderPrompt(tokenizer, row, { maxLength: 8 });
    expect(promptIds).toHaveLength(4);
    expect(tokenizer.encode(reference)).toHaveLength(4);
  });

  test('of a chat that ends with a question expects nothing; of a text the second half', () => {
    expect(renderPrompt(tokenizer, chat(say('user', 'a')))).toMatchObject({
      prompt: '<|user|>a<|end|>\n<|assistant|>',
      reference: '',
    });
    const half = renderPrompt(tokenizer, { kind: 'text', text: 'abcde' });
    expect([half.prompt, half.reference]).toEqual(['abc', 'de']);
  });
});
