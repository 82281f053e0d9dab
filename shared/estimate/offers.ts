/** Work and prices → minutes, money and energy on each machine. Pure. */
import type { Estimate, Offer, PriceRow, Range, Work } from '../contracts/estimate.ts';

type Level = keyof Range;
const LEVELS = ['low', 'likely', 'high'] as const satisfies readonly Level[];

/** How much longer it may take than is likely: a speed that was measured here just now, one of a table, one that was
 *  assumed for a card that nobody has tried. */
const SPREAD = {
  measured: { low: 0.85, likely: 1, high: 1.25 },
  cpu: { low: 0.6, likely: 1, high: 2 },
  cuda: { low: 0.4, likely: 1, high: 3 },
} as const satisfies Record<string, Range>;

/** Shares of a machine's training speed, measured on the machine of the table: passes without a gradient read weights
 *  more often for each operation, and decoding reads all of them for a few tokens. */
const [FORWARD, DECODE] = [0.9, 0.25];
const FIRST_SECONDS = 0.4; // of each shape of pass: graphs are made and memory is touched
const LOAD_BYTES = 0.4e9; // a second, from a file to float32
const START_SECONDS = { cpu: 5, cuda: 60 } as const; // an image is fetched and a driver wakes

type Speed = {
  readonly train: number;
  readonly forward: number;
  readonly decode: number;
  readonly first: number;
  readonly start: number;
};

const speedOf = ({ device, gflops, launcher }: PriceRow, work: Work, cores: number): Speed => {
  const train = gflops * 1e9 * (launcher === 'local' ? cores : 1);
  return {
    train,
    forward: train * FORWARD,
    decode: work.decode_flops / (train * DECODE),
    first: FIRST_SECONDS,
    start: START_SECONDS[device] + work.bytes.weights / LOAD_BYTES,
  };
};

const measuredSpeed = (work: Work): Speed | null =>
  work.probe && {
    train: work.probe.train_flops,
    forward: work.probe.forward_flops,
    decode: work.probe.decode_seconds ?? 0,
    first: work.probe.first_seconds,
    start: work.start_seconds,
  };

const secondsOf = ({ flops, rounds, shapes }: Work, speed: Speed, level: Level): number =>
  speed.start +
  shapes * speed.first +
  flops.train / speed.train +
  (2 * flops.losses + flops.evaluations + 2 * flops.prompts) / speed.forward +
  (rounds.base[level] + rounds.tuned[level]) * speed.decode;

const ranged = (of: (level: Level) => number): Range =>
  Object.fromEntries(LEVELS.map((level) => [level, of(level)])) as Range;

const MEMORY_ERROR = 1.2;

/** One offer a row, those that fit first, then by price, then by time. `here`: cores and bytes of this machine. */
export const offersFor = (
  work: Work,
  rows: readonly PriceRow[],
  here: { readonly cores: number; readonly memory: number },
): Offer[] => {
  const offers = rows.map((row): Offer => {
    const measured = row.launcher === 'local' ? measuredSpeed(work) : null;
    const spread = SPREAD[measured ? 'measured' : row.device];
    const speed = measured ?? speedOf(row, work, here.cores);
    const minutes = ranged((level) => (secondsOf(work, speed, level) * spread[level]) / 60);
    const cores = row.launcher === 'local' ? here.cores : 1;
    const memory = row.memory_gb === null ? here.memory : row.memory_gb * 1e9;
    return {
      launcher: row.launcher,
      name: row.name,
      fits: work.bytes.memory * MEMORY_ERROR <= memory,
      minutes,
      usd: ranged((level) => (minutes[level] / 60) * row.usd_per_hour),
      watt_hours: ranged((level) => (minutes[level] / 60) * row.watts * cores),
      measured: measured !== null,
      date: row.date,
      source: row.source,
    };
  });
  return offers.toSorted(
    (a, b) =>
      Number(b.fits) - Number(a.fits) || a.usd.likely - b.usd.likely || a.minutes.likely - b.minutes.likely,
  );
};

export const estimateOf = (...given: Parameters<typeof offersFor>): Estimate => ({
  version: 1,
  work: given[0],
  offers: offersFor(...given),
});
