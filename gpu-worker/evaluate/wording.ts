/** How figures are written in messages and on the page. */
import type { Gain } from '../../shared/contracts/report.ts';
import type { Metric } from './metrics/metric.ts';

type Unit = {
  readonly number: (value: number) => string;
  readonly value: (shown: string) => string;
  readonly difference: string;
};

const decimals = (value: number, digits: number): string =>
  Math.abs(value) < 0.5 * 10 ** -digits ? '0' : value.toFixed(digits);

export const UNITS: Record<Metric['unit'], Unit> = {
  share: {
    number: (value) => decimals(value * 100, 1).replace(/\.0$/, ''),
    value: (shown) => `${shown} %`,
    difference: 'points',
  },
  nats: {
    number: (value) => decimals(value, Math.abs(value) < 0.1 ? 4 : 3),
    value: (shown) => `${shown} nats`,
    difference: 'nats',
  },
};

/** The bare number, without its unit: 0.925 of a share is `92.5`. */
export const bare = (unit: Metric['unit'], value: number): string =>
  UNITS[unit].number(value).replace('-', '−');

export const withUnit = (unit: Metric['unit'], value: number): string => UNITS[unit].value(bare(unit, value));

/** With its sign, a true minus: `+82`, `−0.41`, `0`. */
export const signed = (unit: Metric['unit'], value: number): string => {
  const text = bare(unit, value);
  return value > 0 && text !== '0' ? `+${text}` : text;
};

export const pValue = (p: number): string => {
  if (p < 0.001) return 'p < 0.001';
  return `p = ${Number(p.toPrecision(2))}`;
};

/** `difference +92 points, 95 % interval +79 to +97, p < 0.001` */
export const inWords = (unit: Metric['unit'], gain: Gain): string =>
  `difference ${signed(unit, gain.delta)} ${UNITS[unit].difference}, ` +
  `95 % interval ${signed(unit, gain.low)} to ${signed(unit, gain.high)}, ${pValue(gain.p)}`;

/** `12 of 40 (30 %)` */
export const partOf = (k: number, n: number): string => `${k} of ${n} (${withUnit('share', k / n)})`;
