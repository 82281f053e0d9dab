/** An estimate as a terminal shows it. */
import type { Estimate, Offer, Range, Work } from '../contracts/estimate.ts';

const big = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: 0 });
const short = (n: number): string => (n >= 100 ? n.toFixed(0) : n >= 1 ? n.toFixed(1) : n.toPrecision(2));
const ranged = ({ low, likely, high }: Range): string =>
  high === 0 ? '0' : `${short(likely)} (${short(low)}–${short(high)})`;

const workLines = ({ rows, steps, tokens, flops, bytes, probe, reasons }: Work): string[] => [
  `${big(rows)} rows, ${big(steps)} steps`,
  `${big(tokens.epoch)} tokens an epoch, ${big(tokens.total)} in all, ${big(tokens.learnt)} of them learnt from`,
  `${((flops.train + 2 * flops.losses + flops.evaluations + 2 * flops.prompts) / 1e12).toPrecision(3)} teraFLOP besides the answers`,
  `${(bytes.memory / 1e9).toFixed(2)} GB of memory${probe ? `, ${(probe.peak_rss_mb / 1000).toFixed(2)} GB in the trial` : ''}`,
  ...reasons,
];

const HEAD = ['', 'minutes', 'USD', 'Wh', ''] as const;
const offerRow = ({ name, fits, minutes, usd, watt_hours, measured, date }: Offer): string[] => [
  name,
  ranged(minutes),
  ranged(usd),
  ranged(watt_hours),
  [fits ? '' : 'too little memory', measured ? 'speed measured just now' : `table of ${date}`]
    .filter(Boolean)
    .join(', '),
];

export const describeEstimate = ({ work, offers }: Estimate): string => {
  const rows = [[...HEAD], ...offers.map(offerRow)];
  const widths = HEAD.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  return [...workLines(work), '', ...table].join('\n');
};
