import { describe, expect, test } from 'vitest';
import type { RecipeInput } from '../../../../shared/contracts/recipe.ts';
import { datasetPage, type DatasetPage } from '../../../../shared/dataset/report/page.ts';
import { portraitist } from '../../../../shared/dataset/report/portrait.ts';
import { expectSelfContained, HOSTILE, NAUGHTY, skeleton, unclosed } from '../../../helpers/page.ts';
import { drop, jsonlOf, pairs, type File } from '../drop.ts';

const pageOf = async (
  files: readonly File[] | File,
  { data = {}, ...more }: Partial<DatasetPage> & { data?: RecipeInput['data'] } = {},
) => {
  const { report, rows } = await drop(files, { data });
  const { see, portrait } = portraitist();
  for (const row of rows) see(row);
  const page = datasetPage({ title: 'faq', report, portrait: portrait(), plan: null, ...more });
  return { page, report };
};

const EXPECTED = { tokens: 123_456, minutes: { low: 1, likely: 2.5, high: 7 }, usd: null };

/** One row of every kind and many a problem, each with this text in it. */
const withText = async (text: string): Promise<string> => {
  const call = {
    type: 'function',
    function: { name: `look ${text}`, arguments: JSON.stringify({ q: text }) },
  };
  const rows = [
    ...pairs(30),
    ...pairs(1),
    {
      messages: [
        { role: 'user', content: `u ${text}` },
        { role: 'assistant', content: `a ${text}`, weight: 0.5 },
      ],
    },
    {
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: null, reasoning_content: `r ${text}`, tool_calls: [call] },
        { role: 'tool', content: `t ${text}` },
        { role: 'assistant', content: 'y' },
      ],
      tools: [{ type: 'function', function: { name: `look ${text}` } }],
    },
    { prompt: 'p', chosen: `c ${text}`, rejected: `j ${text}` },
    { prompt: 'q', completion: `z ${text}`, label: true },
    { text: `plain ${text}` },
    { messages: [{ role: `robot ${text}`, content: 'x' }] },
    { [`key ${text}`]: text },
    { prompt: `only ${text}`, completion: '' },
  ];
  const file = {
    file: `file ${text}.jsonl`,
    body: `${jsonlOf(rows)}\n{broken ${text.replaceAll(/[\n\r]/g, ' ')}\n`,
  };
  const plan = { reasons: [{ key: `k ${text}`, value: text, why: `w ${text}` }], expected: EXPECTED };
  return (await pageOf(file, { title: text, plan })).page;
};

describe('hostile text', async () => {
  const known = new Set(skeleton((await withText('plain')) + (await withText('plain words '.repeat(100)))));
  const foreign = async (text: string): Promise<string[]> =>
    skeleton(await withText(text)).filter((tag) => !known.has(tag));

  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('%s adds no tag', async (_, text) => {
    expect(await foreign(text)).toEqual([]);
    expect(unclosed(await withText(text))).toEqual([]);
  });

  test.skipIf(NAUGHTY.length === 0)('nor do all naughty strings (shared/data/blns)', async () => {
    expect(await foreign(NAUGHTY.join(' '))).toEqual([]);
  });
});

describe('the page', () => {
  const good = {
    file: 'faq.jsonl',
    body: jsonlOf([...pairs(40), ...pairs(2), { prompt: 'x', completion: '' }]),
  };

  test('stands alone, and closes what it opens', async () => {
    const { page } = await pageOf(good);
    expectSelfContained(page);
    expect(unclosed(page)).toEqual([]);
  });

  test('accounts for every row: the sum, the numbers, and a bar that adds up', async () => {
    const { page, report } = await pageOf(good);
    const { train, held_out, dropped, duplicate, quarantined } = report.rows;
    expect([train + held_out, duplicate, dropped + quarantined]).toEqual([40, 2, 1]);
    expect(page).toContain(
      `${train} + ${held_out} + ${dropped} + ${duplicate} + ${quarantined} = 43 rows in`,
    );
    const bar = /<svg\s+class="stacked"[^]*?<\/svg>/.exec(page)![0];
    const rects = [...bar.matchAll(/class="fate-(\w+)"\s+x="([\d.]+)%"\s+width="([\d.]+)%"/g)];
    expect(rects).toHaveLength([train, held_out, dropped, duplicate, quarantined].filter(Boolean).length);
    let x = 0;
    for (const [, , at, width] of rects) {
      expect(Number(at)).toBeCloseTo(x, 1);
      x += Number(width);
    }
    expect(x).toBeCloseTo(100, 1);
  });

  test('says why a dataset is refused, where, and how to mend it', async () => {
    const { page } = await pageOf({ file: 'few.jsonl', body: jsonlOf([...pairs(2), { nothing: 1 }]) });
    expect(page).toContain('<h1>✗ Refused</h1>');
    expect(page).toContain('Fewer than 10 different rows can be trained on');
    expect(page).toContain('few.jsonl, line 3');
    expect(page).toMatch(/<b>Fix:<\/b> The nearest shape is/);
  });

  test('shows the first places at once, the next hundred on demand, and counts them all', async () => {
    const bad = Array.from({ length: 150 }, (_, i) => ({ prompt: `p${i}`, completion: '' }));
    const { page } = await pageOf({ file: 'a.jsonl', body: jsonlOf([...pairs(20), ...bad]) });
    const card = page.split('<article').find((part) => part.includes('empty_answer'))!;
    expect(card).toContain('150 times');
    expect(card.split('<details')[0]!.match(/<li>/g)).toHaveLength(3);
    expect(card.match(/<li>/g)).toHaveLength(100);
    expect(card).toContain('And 50 places more');
  });

  test('shows no personal data that was found, whatever the recipe does with it', async () => {
    const value = 'ada.lovelace@hotmail.com';
    const body = jsonlOf([...pairs(30), { prompt: `write to ${value}`, completion: `written to ${value}` }]);
    for (const mode of ['report', 'redact', 'reject'] as const) {
      const { page, report } = await pageOf({ file: 'a.jsonl', body }, { data: { privacy: { mode } } });
      expect(page).not.toContain(value);
      expect(page).toContain('2 findings by type and place');
      const shown = report.personal?.email;
      expect(page).toMatch(new RegExp(`<b>email</b>[^]*?>${shown}<`));
    }
  });

  test('stands where a report has no personal data section, no bins and no rows', async () => {
    const { report } = await drop({ file: 'a.jsonl', body: '' });
    const { personal: _, privacy: __, ...old } = report;
    const { median, max, total } = report.characters;
    const { page } = await pageOf(good, { report: { ...old, characters: { median, max, total } } });
    expect(page).not.toMatch(/Personal data and secrets<\/h2>|NaN|undefined|Infinity/);
  });

  test('a pair shows both answers, and the plan its reasons', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({
      prompt: `q${i}`,
      chosen: `good ${i}`,
      rejected: `bad ${i}`,
    }));
    const reasons = [{ key: 'training.n_epochs', value: 3, why: 'the usual start' }];
    const plan = { reasons, expected: EXPECTED };
    const { page } = await pageOf({ file: 'a.jsonl', body: jsonlOf(rows) }, { plan });
    expect(page).toMatch(/<h3>Chosen<\/h3>[^]*good \d+[^]*<h3>Rejected<\/h3>[^]*bad \d+/);
    expect(page).toMatch(/<dt>training\.n_epochs<\/dt>\s*<dd>3: the usual start<\/dd>/);
    expect(page).toContain('2.5 minutes, from 1 to 7');
    expect(page).toContain('not known for this base');
    expect((await pageOf(good)).page).not.toContain('The plan');
  });
});
