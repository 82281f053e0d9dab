/** The loss over the steps as SVG. Text keeps its size at every width: positions are percentages, only the lines stretch. */
import type { MetricsLine } from '../../../shared/contracts/spec.ts';
import { markup, type Html } from '../../../shared/page/html.ts';
import { at, rangeOf, ticks } from '../../../shared/page/scale.ts';

const HEIGHT = 260;
const TOP = 26;
const PLOT = 92; // per cent of the width; right of it stand the numbers of the vertical axis
const MOST_POINTS = 400;
const WINDOW = 0.08; // of all steps

type Point = { readonly step: number; readonly loss: number };

const isDrawable = ({ step, loss }: Point): boolean => Number.isFinite(step) && Number.isFinite(loss);

/** Mean over a window around each step, narrower towards both ends. */
const smooth = (points: readonly Point[]): Point[] => {
  const reach = Math.round((points.length * WINDOW) / 2);
  const sums = [0];
  for (const { loss } of points) sums.push(sums.at(-1)! + loss);
  return points.map(({ step }, i) => {
    const half = Math.min(reach, i, points.length - 1 - i);
    return { step, loss: (sums[i + half + 1]! - sums[i - half]!) / (2 * half + 1) };
  });
};

/** At most `MOST_POINTS` means of neighbours. */
const thin = (points: readonly Point[]): Point[] => {
  const size = Math.ceil(points.length / MOST_POINTS);
  if (size <= 1) return [...points];
  const thinned: Point[] = [];
  for (let i = 0; i < points.length; i += size) {
    const group = points.slice(i, i + size);
    thinned.push({
      step: group.at(-1)!.step,
      loss: group.reduce((sum, point) => sum + point.loss, 0) / group.length,
    });
  }
  return thinned;
};

type Frame = { readonly x: (step: number) => number; readonly y: (loss: number) => number };

const frameOf = (points: readonly Point[], low: number, high: number): Frame => {
  const { low: first, high: last } = rangeOf(points.map((p) => p.step));
  return {
    x: (step) => (last === first ? PLOT / 2 : ((step - first) / (last - first)) * PLOT),
    y: (loss) =>
      high === low ? (TOP + HEIGHT) / 2 : HEIGHT - ((loss - low) / (high - low)) * (HEIGHT - TOP),
  };
};

const line = (name: string, points: readonly Point[], { x, y }: Frame): Html =>
  markup`<polyline
    class="${name}"
    vector-effect="non-scaling-stroke"
    points="${points.map((p) => `${at(x(p.step) * 10)},${at(y(p.loss))}`).join(' ')}"
  />`;

const gridLine = (value: number, y: number): Html =>
  markup`<line class="grid" x1="0" x2="100%" y1="${at(y)}" y2="${at(y)}" />
    <text x="100%" y="${at(y - 4)}" text-anchor="end">${value}</text>`;

const ends = (x: number): string => {
  if (x < 4) return 'start';
  return x > PLOT - 4 ? 'end' : 'middle';
};

const drawing = (raw: readonly Point[], held: readonly Point[]): Html => {
  const all = [...raw, ...held];
  const { low: least, high: most } = rangeOf(all.map((p) => p.loss));
  const low = Math.max(0, least - (most - least) * 0.08);
  const frame = frameOf(all, low, most);
  const { low: first, high: last } = rangeOf(all.map((p) => p.step));
  return markup`<svg
    height="${HEIGHT + 40}"
    role="img"
    aria-label="Loss from step ${first} to step ${last}: from ${raw[0]?.loss.toFixed(3) ?? 'unknown'} to ${raw.at(-1)?.loss.toFixed(3) ?? 'unknown'} in training"
  >
    ${ticks(low, most, 4).map((value) => gridLine(value, frame.y(value)))}
    <svg x="0" y="0" width="100%" height="${HEIGHT}" viewBox="0 0 1000 ${HEIGHT}" preserveAspectRatio="none">
      ${line('raw', thin(raw), frame)}
      ${line('smooth', thin(smooth(raw)), frame)}
      ${line('held', held, frame)}
    </svg>
    ${held.map((p) => markup`<circle class="held-dot" r="4.5" cx="${at(frame.x(p.step))}%" cy="${at(frame.y(p.loss))}" />`)}
    <line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}" />
    ${ticks(first, last, 7)
      .filter((step) => Number.isInteger(step))
      .map(
        (step) =>
          markup`<text x="${at(frame.x(step))}%" y="${HEIGHT + 17}" text-anchor="${ends(frame.x(step))}">${step}</text>`,
      )}
    <text x="100%" y="10" text-anchor="end">loss, nats per token</text>
    <text x="${PLOT / 2}%" y="${HEIGHT + 36}" text-anchor="middle">optimizer step</text>
  </svg>`;
};

/** Train loss, smoothed, and the held-out loss where it was measured; null where no step has a finite loss. */
export const lossCurve = (metrics: readonly MetricsLine[]): Html | null => {
  const raw = metrics.map(({ step, loss }) => ({ step, loss })).filter(isDrawable);
  const held = metrics
    .flatMap(({ step, eval_loss }) => (eval_loss === undefined ? [] : [{ step, loss: eval_loss }]))
    .filter(isDrawable);
  if (raw.length === 0) return null;
  return markup`<figure>
    <figcaption>
      <span class="key"><i class="is-raw"></i>training, each step</span>
      <span class="key"><i class="is-tuned"></i>training, smoothed</span>
      ${held.length > 0 ? markup`<span class="key"><i class="is-held"></i>held-out rows</span>` : null}
    </figcaption>
    ${drawing(raw, held)}
  </figure>`;
};
