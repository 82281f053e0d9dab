/** A run's report on a terminal: base and tuned with their 95 % intervals, the verdict, samples side by side. */
import type { Gain, Measured, RunReport, Sample } from '../../../shared/contracts/report.ts';
import { paint } from './terminal.ts';

/** Scores between 0 and 1 read better as shares. Losses and lengths have no such bound. */
const isShare = (metric: string): boolean =>
  !/loss|nll|perplexity|seconds|length|margin|tokens$/.test(metric);

const number = (metric: string, value: number): string => {
  if (isShare(metric)) return `${(value * 100).toFixed(1)} %`;
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(3);
};
const signed = (metric: string, value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : '±'}${number(metric, Math.abs(value))}`;

const measured = (metric: string, m: Measured | undefined): string =>
  m ? `${number(metric, m.value)} [${number(metric, m.low)}, ${number(metric, m.high)}]` : '–';

const gained = ({ metric, delta, low, high, p }: Gain): string =>
  `${signed(metric, delta)} [${signed(metric, low)}, ${signed(metric, high)}] ${p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`}`;

const HEAD = ['metric', 'base', 'tuned', 'tuned − base', 'rows'] as const;

const rowsOf = ({ arms, gains }: RunReport): string[][] => {
  const arm = (name: 'base' | 'tuned') => arms.find((a) => a.name === name)?.metrics ?? {};
  const [base, tuned] = [arm('base'), arm('tuned')];
  const metrics = [...new Set([...Object.keys(base), ...Object.keys(tuned)])];
  return metrics.map((metric) => {
    const gain = gains.find((g) => g.metric === metric);
    const n = (tuned[metric] ?? base[metric])?.n ?? 0;
    return [
      metric,
      measured(metric, base[metric]),
      measured(metric, tuned[metric]),
      gain ? gained(gain) : '–',
      `${n}`,
    ];
  });
};

/** Ends without a line break. */
export const reportTable = (report: RunReport, color: boolean): string => {
  const rows = rowsOf(report);
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  const p = paint(color);
  return [p('bold', line(HEAD)), p('dim', line(widths.map((w) => '─'.repeat(w)))), ...rows.map(line)].join(
    '\n',
  );
};

const VERDICTS = {
  improved: 'green',
  no_significant_gain: 'yellow',
  worse: 'red',
  not_evaluated: 'yellow',
} as const satisfies Record<RunReport['verdict'], 'green' | 'yellow' | 'red'>;

export const verdictLine = ({ verdict, message }: RunReport, color: boolean): string =>
  `${paint(color)(VERDICTS[verdict], `verdict: ${verdict.replaceAll('_', ' ')}`)}. ${message}`;

const CLIPPED = 400;
const clip = (text: string | null): string => {
  if (text === null) return '(not run)';
  const flat = text.replaceAll(/\s*\n\s*/g, ' ⏎ ').trim();
  return flat.length > CLIPPED ? `${flat.slice(0, CLIPPED)} …` : flat;
};

export const sampleLines = ({ prompt, reference, base, tuned }: Sample, color: boolean): string => {
  const p = paint(color);
  return [
    `${p('bold', 'asked   ')} ${clip(prompt)}`,
    `${p('dim', 'expected')} ${clip(reference)}`,
    `${p('dim', 'base    ')} ${clip(base)}`,
    `${p('cyan', 'tuned   ')} ${clip(tuned)}`,
  ].join('\n');
};
