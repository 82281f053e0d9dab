import { expect, test } from 'vitest';
import { runLog } from '../../../gpu-worker/supervisor/log.ts';

const textOf = (log: { bytes(): Uint8Array }) => Buffer.from(log.bytes()).toString();

test('every line carries its time', () => {
  const log = runLog({ now: () => 0 });
  log.line('one\ntwo');
  expect(textOf(log)).toBe('1970-01-01T00:00:00.000Z one\n1970-01-01T00:00:00.000Z two\n');
  expect(log.tail(1)).toBe('1970-01-01T00:00:00.000Z two');
});

test('a long log keeps its end, says how much is gone, and stays below its limit', () => {
  const log = runLog({ now: () => 0, limit: 5_000 });
  for (let i = 0; i < 1_000; i++) {
    log.line(`line ${i}`);
    expect(log.bytes().length).toBeLessThanOrEqual(5_100);
  }
  const lines = textOf(log).trimEnd().split('\n');
  expect(lines.at(-1)).toMatch(/line 999$/);
  const cut = Number(/^… (\d+) earlier lines/.exec(lines[0]!)![1]);
  expect(lines[1]).toMatch(new RegExp(`line ${cut}$`));
});

test('one endless line fills neither the log nor what is shown of its end', () => {
  const log = runLog({ now: () => 0 });
  log.line('x'.repeat(1_000_000));
  expect(log.bytes().length).toBeLessThan(11_000);
  expect(log.tail(40)).toHaveLength(8_000);
});
