import { describe, expect, test } from 'vitest';
import { formatDuration, progressLine, progressView } from '../../../functions/entries/cli/progress.ts';
import { reportTable, sampleLines, verdictLine } from '../../../functions/entries/cli/report-table.ts';
import { processTerminal, type Terminal } from '../../../functions/entries/cli/terminal.ts';
import type { Progress } from '../../../shared/contracts/event.ts';
import type { RunReport } from '../../../shared/contracts/report.ts';

const at = (step: number, more: Partial<Progress> = {}): Progress => ({
  phase: 'train',
  step,
  steps: 200,
  epoch: 0,
  loss: 1.2345,
  eval_loss: null,
  eta_seconds: 133,
  tokens_per_second: 213.4,
  ...more,
});

const screen = (live: boolean, columns = 100): Terminal & { text: string } => {
  const terminal = {
    text: '',
    out: () => undefined,
    err: (text: string) => void (terminal.text += text),
    live,
    color: false,
    outColor: false,
    columns,
  };
  return terminal;
};

describe('progress', () => {
  test('says how far, how fast and how long', () => {
    expect(progressLine(at(84), { live: false, color: false })).toBe(
      'training  42 % 84/200  loss 1.234  213 tokens/s  ETA 2:13',
    );
    const line = progressLine(at(100, { eval_loss: 2 }), { live: true, color: false });
    expect(line).toContain(`${'━'.repeat(12)}${'─'.repeat(12)}`);
    expect(line).toContain('held-out 2.000');
  });

  test.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1:00'],
    [3725, '1:02:05'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('in a file it is a plain line every five seconds, and one for every phase', () => {
    const terminal = screen(false);
    let now = 0;
    const view = progressView(terminal, () => now);
    for (let step = 0; step < 12; step++, now += 1000) view.show(at(step));
    view.show(at(0, { phase: 'evaluate_tuned' }));
    view.close();
    const lines = terminal.text.trimEnd().split('\n');
    expect(lines.map((line) => /\d+\/200/.exec(line)?.[0])).toEqual(['0/200', '5/200', '10/200', '0/200']);
    // oxlint-disable-next-line eslint/no-control-regex -- the point of the test
    expect(terminal.text).not.toMatch(/[\r\u001b]/);
  });

  test('on a screen it is one line that fits, and what is said stands above it', () => {
    const terminal = screen(true, 40);
    const view = progressView(terminal, () => 0);
    view.show(at(10));
    view.say('a checkpoint');
    view.close();
    const drawn = terminal.text.split('\r\u001b[K');
    expect(drawn.filter((line) => line.startsWith('training'))).toHaveLength(2);
    expect(drawn.some((line) => line.startsWith('a checkpoint\n'))).toBe(true);
    for (const line of terminal.text.split('\n'))
      expect(line.split('\r\u001b[K').at(-1)!.length).toBeLessThan(40);
  });

  test('NO_COLOR and a dumb terminal are honoured', () => {
    expect(processTerminal({ NO_COLOR: '1' }).color).toBe(false);
    expect(processTerminal({ TERM: 'dumb' }).live).toBe(false);
  });
});

const m = (value: number) => ({ value, low: value - 0.05, high: value + 0.05, n: 48 });
const report: RunReport = {
  version: 1,
  verdict: 'improved',
  message: 'More answers fit the schema.',
  arms: [
    { name: 'base', metrics: { loss: m(2.5), json_schema: m(0.1) }, seconds: 1, tokens: 1 },
    { name: 'tuned', metrics: { loss: m(0.5), json_schema: m(0.9) }, seconds: 1, tokens: 1 },
  ],
  gains: [
    { metric: 'loss', delta: -2, low: -2.1, high: -1.9, p: 0.0001 },
    { metric: 'json_schema', delta: 0.8, low: 0.7, high: 0.9, p: 0.02 },
  ],
  forgetting: null,
  diagnosis: [],
  samples: [],
  figures: {},
};

describe('a report on a terminal', () => {
  test('has base and tuned with intervals, and the gain with its p', () => {
    const lines = reportTable(report, false).split('\n');
    expect(lines[0]).toMatch(/^metric +base +tuned +tuned − base +rows$/);
    expect(lines[2]).toMatch(
      /^loss +2\.500 \[2\.450, 2\.550\] +0\.500 \[0\.450, 0\.550\] +−2\.000 \[−2\.100, −1\.900\] p < 0\.001 +48$/,
    );
    expect(lines[3]).toMatch(
      /^json_schema +10\.0 % \[5\.0 %, 15\.0 %\] +90\.0 % .*\+80\.0 % .* p = 0\.020 +48$/,
    );
    expect(verdictLine(report, false)).toBe('verdict: improved. More answers fit the schema.');
  });

  test('shows answers side by side on one line each, and a missing one as such', () => {
    const sample = {
      line: 1,
      prompt: 'a\nb',
      reference: 'r',
      base: null,
      tuned: 'x'.repeat(500),
      outcome: null,
    };
    const lines = sampleLines(sample, false).split('\n');
    expect(lines.map((line) => line.slice(9, 14))).toEqual(['a ⏎ b', 'r', '(not ', 'xxxxx']);
    expect(lines[3]!.length).toBeLessThan(420);
  });
});
