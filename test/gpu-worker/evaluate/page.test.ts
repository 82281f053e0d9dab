import { describe, expect, test } from 'vitest';
import { reportPage, type ReportPage } from '../../../gpu-worker/evaluate/page.ts';
import { buildReport } from '../../../gpu-worker/evaluate/report.ts';
import type { Prediction } from '../../../shared/contracts/report.ts';
import { expectSelfContained, HOSTILE, NAUGHTY, skeleton, unclosed } from '../../helpers/page.ts';
import { curveOf, prediction, rows } from './held-out.ts';

const RUNS = [
  { name: 'base', seconds: 61.5, tokens: 5120, unfinished: 0 },
  { name: 'tuned', seconds: 31, tokens: 1876, unfinished: 0 },
] as const;

const pageOf = (
  predictions: readonly Prediction[],
  more: Partial<ReportPage> = {},
  losses: readonly number[] = [],
): string => {
  const metrics = curveOf(losses, { 2: 1.25 });
  const report = buildReport({
    predictions,
    runs: RUNS,
    schema: null,
    curve: metrics,
    figures: {},
    gates: {},
    objective: 'sft',
    seed: 0,
  });
  return reportPage({
    title: 'acme / faq',
    report,
    metrics,
    recipe: null,
    base: 'nano',
    dataset: {},
    ...more,
  });
};

const withText = (text: string): string => {
  const filled = text.trim() === '' ? 'plain' : text;
  return pageOf(
    [
      prediction(
        3,
        { token_f1: 0 },
        { token_f1: 1 },
        { prompt: filled, reference: `r ${text}`, base: filled, tuned: filled },
      ),
    ],
    { title: text, base: text, dataset: { [`key ${text}`]: `value ${text}` } },
  );
};

describe('hostile text', () => {
  const plain = skeleton(withText('plain'));

  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    '%s adds no tag and no attribute',
    (_, text) => {
      expect(skeleton(withText(text))).toEqual(plain);
    },
  );

  test.skipIf(NAUGHTY.length === 0)('none of the naughty strings does (shared/data/blns)', () => {
    for (const text of NAUGHTY) expect(skeleton(withText(text)), text).toEqual(plain);
  });

  test('all five characters that HTML knows are written as entities, in texts and in attributes', () => {
    expect(withText(`&<>"'`)).toContain('&amp;&lt;&gt;&quot;&#39;');
    expect(withText(`&<>"'`)).not.toContain(`&<>"'`);
  });

  test('characters that hide or turn text become visible, others stay as they are', () => {
    const page = withText('NUL\u0000 turn\u202E lone\uD800 tab\t王 👩‍👩‍👧 שלום');
    expect(page).toContain('NUL␀ turn⟨202E⟩ lone\uFFFD tab\t王 👩‍👩‍👧 שלום');
    expect(page).not.toMatch(/[^\P{Cc}\n\t]/u);
  });
});

test('a margin below zero has its place on the bar', () => {
  const page = pageOf(
    rows(40, (i) =>
      prediction(i + 1, { preference_margin: -1 - (i % 3) / 10 }, { preference_margin: 1 + (i % 3) / 10 }),
    ),
  );
  const dots = [...page.matchAll(/class="(base|tuned)-dot"\s+cx="([\d.]+)%"/g)].map(([, , x]) => Number(x));
  expect(dots).toHaveLength(2);
  expect(dots[0]! > 0 && dots[0]! < 10).toBe(true);
  expect(dots[1]! > 90 && dots[1]! < 100).toBe(true);
  expect(page).toMatch(/−1\.09\d nats/);
});

describe('the page', () => {
  const changed = rows(40, (i) =>
    prediction(i + 1, { token_f1: 0, loss: 2.5 }, { token_f1: i < 37 ? 1 : 0, loss: 0.5 + (i % 4) / 10 }),
  );
  const page = pageOf(changed, { dataset: { train_rows: 320 } }, [2, 1.5, 1.25, 1]);

  test('loads nothing, runs nothing, and its one style sheet is the one that its policy names', () => {
    expectSelfContained(page);
  });

  test('every open tag is closed, in order', () => {
    expect(unclosed(page)).toEqual([]);
  });

  test('puts the verdict and its sentence on top', () => {
    const at = [
      '<h1>▲ Improved</h1>',
      'token_f1 rose from 0 % to 92.5 % on 40 held-out rows',
      '<h2>Before and after</h2>',
    ].map((text) => page.indexOf(text));
    expect(at.every((i) => i > 0)).toBe(true);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  });

  test('holds every figure: values, intervals, changes, p, rows, tokens, minutes', () => {
    for (const figure of [
      '92.5 %',
      '80.1 to 97.4',
      '+92.5 points',
      '+77.3 to +97.4',
      'p &lt; 0.001',
      '2.500 nats',
      '0.650 nats',
      '−1.850 nats',
      '320',
      '5,120 generated tokens, 1 min 2 s',
      '4 steps, 4,000 tokens, 8 s',
      '37 better, 3 same, 0 worse',
    ])
      expect(page, figure).toContain(figure);
    for (const meaning of ['as SQuAD counts it', 'Mean negative log-likelihood', 'McNemar’s'])
      expect(page).toContain(meaning);
  });

  test('draws the interval where its numbers say', () => {
    expect(page).toMatch(/class="tuned-bar"\s+x1="80\.14%"\s+x2="97\.42%"/);
    expect(page).toMatch(/class="tuned-dot"\s+cx="92\.5%"/);
  });

  test('draws a held-out point at its step and loss', () => {
    expect(page.match(/class="held-dot"/g)).toHaveLength(1);
    expect(page).toMatch(/class="held-dot" r="4.5" cx="30\.67%"/); // step 2 of 1…4: a third of the 92 % that the plot takes
  });

  test('shows ten rows side by side and says how they were drawn', () => {
    expect(page.match(/<article/g)).toHaveLength(10);
    expect(page).toContain('10 of 40 answered rows, drawn by lot and not picked by hand');
  });

  test('folds long text behind its beginning and its end, and cuts text without end', () => {
    const prompt = `begin ${'system text '.repeat(200)} the question?`;
    const folded = pageOf([prediction(1, {}, {}, { prompt, tuned: 'x'.repeat(50_000) })]);
    const preview = /<summary>[^]*?<\/summary>/.exec(folded)![0];
    expect(preview).toContain('begin system text');
    expect(preview).toContain('the question?');
    expect(preview.length).toBeLessThan(800);
    expect(folded).toContain(prompt);
    expect(folded).toContain('the rest is in predictions.jsonl');
    expect(folded.length).toBeLessThan(60_000);
  });

  test('stands without metrics, samples, recipe or curve', () => {
    const empty = pageOf([], {
      report: buildReport({
        predictions: [],
        runs: [],
        schema: null,
        curve: [],
        figures: {},
        gates: {},
        objective: 'sft',
        seed: 0,
      }),
    });
    expect(empty).toContain('○ Not evaluated');
    expect(empty).toContain('Nothing was measured on held-out rows.');
    expect(empty).not.toMatch(/<article|<table|<figure|NaN|undefined|Infinity/);
  });

  test.each([
    ['one step', [2]],
    ['a constant loss', [1, 1, 1]],
    ['a loss that is no number', [2, Number.NaN, Number.POSITIVE_INFINITY, 1]],
    ['a hundred thousand steps', Array.from({ length: 100_000 }, (_, i) => 3 / (1 + i / 1000))],
  ])('draws %s', (_, losses) => {
    const drawn = pageOf([], {}, losses);
    expect(drawn).toContain('<polyline');
    expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
    expect(drawn.length).toBeLessThan(60_000);
  });
});
