import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Estimate, PriceRow, type Range, type Work } from '../../../shared/contracts/estimate.ts';
import { describeEstimate } from '../../../shared/estimate/describe.ts';
import { estimateOf, offersFor } from '../../../shared/estimate/offers.ts';
import { packageRoot } from '../../../shared/package-root.ts';

const table = z
  .array(PriceRow)
  .parse(JSON.parse(readFileSync(join(packageRoot(), 'infra/prices.json'), 'utf8')));
const here = { cores: 2, memory: 16e9 };

const work = (over: Partial<Work> = {}): Work => ({
  rows: 96,
  steps: 12,
  tokens: { epoch: 8_000, total: 8_000, learnt: 2_000 },
  flops: { train: 4.8e12, losses: 0, evaluations: 0, prompts: 0 },
  shapes: 0,
  rounds: { base: { low: 0, likely: 0, high: 0 }, tuned: { low: 0, likely: 0, high: 0 } },
  reasons: [],
  decode_flops: 0,
  bytes: { memory: 1.4e9, weights: 0 },
  start_seconds: 2,
  probe: null,
  ...over,
});
const row = (over: Partial<PriceRow> = {}): PriceRow => ({
  launcher: 'fc',
  name: 'a card',
  device: 'cuda',
  gflops: 8_000,
  gflops_source: 'this test',
  memory_gb: 16,
  watts: 100,
  usd_per_hour: 6,
  date: '2026-01-01',
  source: 'this test',
  ...over,
});

const width = ({ low, high }: Range) => high / low;

test('minutes are operations by speed, money and energy follow from them', () => {
  const [offer] = offersFor(
    work({ flops: { train: 4.8e14, losses: 0, evaluations: 0, prompts: 0 } }),
    [row()],
    here,
  );
  expect(offer!.minutes.likely).toBeCloseTo(2, 6); // 60 s of products and 60 s until a machine is there
  expect(offer!.usd.likely).toBeCloseTo(0.2, 6);
  expect(offer!.watt_hours.likely).toBeCloseTo(100 / 30, 6);
});

test('a trial takes the place of the table for this machine, and narrows the range', () => {
  const local = row({ launcher: 'local', device: 'cpu', gflops: 40, memory_gb: null, usd_per_hour: 0 });
  const probe = {
    train_flops: 40e9,
    forward_flops: 40e9,
    first_seconds: 1,
    decode_seconds: null,
    peak_rss_mb: 900,
  };
  const [table_] = offersFor(work(), [local], here);
  const [tried] = offersFor(work({ probe, shapes: 3 }), [local], here);
  expect(table_).toMatchObject({ measured: false });
  expect(tried).toMatchObject({ measured: true });
  expect(tried!.minutes.likely).toBeCloseTo((2 + 3 + 120) / 60, 6);
  expect(width(tried!.minutes)).toBeLessThan(width(table_!.minutes) / 2);
});

test('what does not fit comes last, however cheap', () => {
  const offers = offersFor(
    work({ bytes: { memory: 14e9, weights: 0 } }),
    [row({ name: 'small', usd_per_hour: 0.1 }), row({ name: 'large', memory_gb: 48 })],
    here,
  );
  expect(offers.map(({ name, fits }) => [name, fits])).toEqual([
    ['large', true],
    ['small', false],
  ]);
});

test('low is never above likely nor likely above high, and more work never takes less', () => {
  const amount = fc.double({ min: 0, max: 1e18, noNaN: true });
  fc.assert(
    fc.property(amount, amount, fc.nat(500), (train, losses, answers) => {
      const rounds = { low: answers, likely: answers * 2, high: answers * 4 };
      const given = work({
        flops: { train, losses, evaluations: 0, prompts: 0 },
        rounds: { base: rounds, tuned: rounds },
        decode_flops: 1e9,
      });
      const more = { ...given, flops: { ...given.flops, train: train * 1.5 + 1e9 } };
      for (const { minutes, name } of offersFor(given, table, here)) {
        expect(minutes.low).toBeLessThanOrEqual(minutes.likely);
        expect(minutes.likely).toBeLessThanOrEqual(minutes.high);
        const other = offersFor(more, table, here).find((offer) => offer.name === name)!;
        expect(other.minutes.likely).toBeGreaterThan(minutes.likely);
      }
    }),
    { numRuns: 50 },
  );
});

test('the table that is shipped says of every figure where it is from', () => {
  const names = new Set(table.map(({ name }) => name));
  expect(names.size).toBe(table.length);
  for (const { gflops_source } of table) expect(gflops_source).toMatch(/^(measured|assumed): /);
  const estimate = Estimate.parse(estimateOf(work(), table, here));
  for (const { name } of estimate.offers) expect(describeEstimate(estimate)).toContain(name);
});
