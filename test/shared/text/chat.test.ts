import { describe, expect, test } from 'vitest';
import type { Row } from '../../../shared/contracts/row.ts';
import { encodeRow } from '../../../shared/text/template.ts';
import { chat, say, shown, WHOLE } from '../../helpers/rows-of-text.ts';
import { tokenizer, withTemplate } from '../../helpers/tiny-tokenizer.ts';

const OK = chat(say('user', 'hello'), say('assistant', 'world'));

describe('templates of other families', () => {
  test('one that drops earlier thoughts: they are context, the last answer is learnt', () => {
    const thinking = withTemplate(
      `{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.role == 'assistant' and loop.last %}{{ '(thought)' }}{% endif %}{{ m.content + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`,
    );
    const row = chat(say('user', 'a'), say('assistant', 'b'), say('user', 'c'), say('assistant', 'd'));
    expect(shown(thinking, row)).toBe(
      '<|user|>a<|end|><|assistant|>b<|end|><|user|>c<|end|><|assistant|>[(thought)d<|end|>]',
    );
  });

  test('one that invites with an opened thought: what prompt and answer share is the prompt', () => {
    const opened = withTemplate(
      `{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|><think>' }}{% endif %}`,
    );
    expect(shown(opened, OK)).toBe('<|user|>hello<|end|><|assistant|>[world<|end|>]');
  });

  test('one that closes a text which is not invited: the answer ends at its own end of turn', () => {
    const phi = withTemplate(
      `{% for m in messages %}{{ '<|' + m.role + '|>' + m.content + '<|end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}`,
    );
    const row = chat(say('user', 'a'), say('assistant', 'b'), say('user', 'c'), say('assistant', 'd'));
    expect(shown(phi, row)).toBe(
      '<|user|>a<|end|>\n<|assistant|>[b<|end|>]\n<|user|>c<|end|>\n<|assistant|>[d<|end|>]',
    );
  });

  test('one that ends turns with a special token which is no end of text', () => {
    const other = withTemplate(
      `{% for m in messages %}{{ m.role + ':' + m.content + '<|assistant|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ 'assistant:' }}{% endif %}`,
    );
    expect(shown(other, OK)).toBe('user:hello<|assistant|>\nassistant:[world<|assistant|>]');
  });

  test('one that prints the date prints the same on every day', () => {
    const dated = withTemplate(
      "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ m.content }}{% endfor %}",
    );
    expect(shown(dated, OK)).toMatch(/^26 Jul 2024/);
  });

  test('one that raises names the row and its reason', () => {
    const strict = withTemplate(
      "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}",
    );
    const row = chat(say('system', 's'), say('user', 'what is it?'), say('assistant', 'b'));
    expect(() => encodeRow(strict, row, WHOLE)).toThrow(
      /system, user, assistant.*"what is it\?".*System role not supported/,
    );
    expect(() => encodeRow(strict, row, WHOLE)).toThrow(
      expect.objectContaining({ code: 'invalid_training_file' }),
    );
  });

  test('one that cannot be read is the base’s fault', () => {
    expect(() => encodeRow(withTemplate('{% for %}'), OK, WHOLE)).toThrow(
      expect.objectContaining({ code: 'unsupported_model' }),
    );
  });

  test('none: messages on lines of their own, answers ended by the end of text', () => {
    expect(shown(withTemplate(null), OK)).toBe('hello\n[world<|end|>]');
  });
});

describe('tools', () => {
  const calling = `{% for t in tools or [] %}{{ t.function.name + ';' }}{% endfor %}{% for m in messages %}{{ '<|' + m.role + '|>' }}{% if m.tool_calls %}{% for c in m.tool_calls %}{{ c.function.name + c.function.arguments | tojson }}{% endfor %}{% else %}{{ m.content }}{% endif %}{{ '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`;
  const call = { type: 'function' as const, function: { name: 'add', arguments: '{"x":1}' } };
  const row: Row = {
    ...chat(
      say('user', 'a'),
      say('assistant', null, { tool_calls: [call] }),
      say('tool', '2'),
      say('assistant', 'two'),
    ),
    tools: [{ type: 'function', function: { name: 'add' } }],
  };

  test('calls are learnt, arguments are values and not text within text', () => {
    expect(shown(withTemplate(calling), row)).toBe(
      'add;<|user|>a<|end|><|assistant|>[add{"x": 1}<|end|>]<|tool|>2<|end|><|assistant|>[two<|end|>]',
    );
  });

  test('a template that leaves calls out is refused, never learnt as silence', () => {
    const silent = withTemplate(calling.replace('c.function.name +', "'' +"));
    expect(() => encodeRow(silent, row, WHOLE)).toThrow(/leaves out the call of the tool "add"/);
  });

  test('an answer without content is an empty answer', () => {
    expect(shown(tokenizer, chat(say('user', 'a'), say('assistant', null)))).toBe(
      '<|user|>a<|end|>\n<|assistant|>[<|end|>]',
    );
  });
});
