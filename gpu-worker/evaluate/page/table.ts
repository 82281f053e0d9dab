/** Before and after, one row a metric. */
import type { Arm, Gain, Measured, RunReport } from '../../../shared/contracts/report.ts';
import { METRICS } from '../metrics/index.ts';
import type { Metric } from '../metrics/metric.ts';
import { count } from '../../../shared/page/wording.ts';
import { bare, pValue, signed, UNITS, withUnit } from '../wording.ts';
import { markup, type Html } from '../../../shared/page/html.ts';
import { at } from '../../../shared/page/scale.ts';

const LANES = { base: 9, tuned: 23 } as const;

type Range = { readonly from: number; readonly to: number };

/** What the bars span in the metric's own unit: all of it for a share, otherwise zero and all values with some room. */
const rangeFor = (metric: Metric, figures: readonly Measured[]): Range =>
  metric.unit === 'share'
    ? { from: 0, to: 1 }
    : {
        from: Math.min(0, ...figures.map((f) => f.low)) * 1.05,
        to: Math.max(...figures.map((f) => f.high), Number.MIN_VALUE) * 1.05,
      };

const bar = (name: Arm['name'], { value, low, high }: Measured, { from, to }: Range): Html => {
  const x = (v: number): string => `${at(((Math.min(Math.max(v, from), to) - from) / (to - from)) * 100)}%`;
  const y = LANES[name];
  return markup`<line class="${name}-bar" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" /><circle
      class="${name}-dot"
      cx="${x(value)}"
      cy="${y}"
      r="4.5"
    />`;
};

const bars = (metric: Metric, arms: readonly Arm[]): Html => {
  const figures = arms.flatMap((arm) => arm.metrics[metric.name] ?? []);
  const range = rangeFor(metric, figures);
  return markup`<svg height="46" role="img" aria-label="${metric.name} with 95 % intervals">
    <line class="track" x1="0" x2="100%" y1="${LANES.base}" y2="${LANES.base}" />
    <line class="track" x1="0" x2="100%" y1="${LANES.tuned}" y2="${LANES.tuned}" />
    ${arms.map((arm) => {
      const figure = arm.metrics[metric.name];
      return figure ? bar(arm.name, figure, range) : null;
    })}
    <text x="0" y="43">${withUnit(metric.unit, range.from)}</text>
    <text x="100%" y="43" text-anchor="end">${withUnit(metric.unit, range.to)}</text>
  </svg>`;
};

const cell = (metric: Metric, label: string, figure: Measured | undefined): Html =>
  figure
    ? markup`<td data-label="${label}">
        <b>${withUnit(metric.unit, figure.value)}</b>
        <small>${bare(metric.unit, figure.low)} to ${bare(metric.unit, figure.high)}</small>
      </td>`
    : markup`<td data-label="${label}">–</td>`;

const changeCell = (metric: Metric, gain: Gain | undefined): Html =>
  gain
    ? markup`<td class="change" data-label="Change">
        <b>${signed(metric.unit, gain.delta)} ${UNITS[metric.unit].difference}</b>
        <small>${signed(metric.unit, gain.low)} to ${signed(metric.unit, gain.high)}</small>
        <small>${pValue(gain.p)}</small>
      </td>`
    : markup`<td class="change" data-label="Change">–</td>`;

const row = (metric: Metric, { arms, gains, figures }: RunReport): Html => {
  const [base, tuned] = (['base', 'tuned'] as const).map(
    (name) => arms.find((a) => a.name === name)?.metrics[metric.name],
  );
  const gain = gains.find((g) => g.metric === metric.name);
  const n = Math.max(base?.n ?? 0, tuned?.n ?? 0);
  return markup`<tr>
    <td class="metric">
      <b>${metric.name}</b>
      <small>${metric.better} is better</small>
      <small>${count(n, 'row')}</small>
      ${figures['deciding_metric'] === metric.name ? markup`<span class="decides">decides</span>` : null}
    </td>
    ${cell(metric, 'Base', base)}
    ${cell(metric, 'Tuned', tuned)}
    ${changeCell(metric, gain)}
    <td class="bars">${bars(metric, arms)}</td>
  </tr>`;
};

export const measuredMetrics = ({ arms }: RunReport): Metric[] =>
  METRICS.filter((metric) => arms.some((arm) => arm.metrics[metric.name]));

export const beforeAndAfter = (report: RunReport): Html => {
  const metrics = measuredMetrics(report);
  if (metrics.length === 0) return markup`<p class="note">Nothing was measured on held-out rows.</p>`;
  return markup`<p class="note">
      The same held-out rows, which training never saw, answered by both models. Small figures are 95 %
      intervals.
    </p>
    <p class="keys"><span class="key"><i></i>base</span> <span class="key"><i class="is-tuned"></i>tuned</span></p>
    <table>
      <thead>
        <tr>
          <th>Metric</th>
          <th>Base</th>
          <th>Tuned</th>
          <th>Change</th>
          <th>95 % intervals</th>
        </tr>
      </thead>
      <tbody>
        ${metrics.map((metric) => row(metric, report))}
      </tbody>
    </table>`;
};
