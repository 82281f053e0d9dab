/** Parts of a whole side by side in one bar, and the numbers beneath it. */
import { markup, type Html } from './html.ts';
import { at } from './scale.ts';
import { percent } from './wording.ts';

const HEIGHT = 28;
const LEAST = 0.7; // per cent of the width: what is little can still be seen

export type Share = { readonly name: string; readonly n: number; readonly className: string };

/** Widths in per cent that add up to 100; parts of nothing have none. */
const widthsOf = (parts: readonly Share[]): number[] => {
  const whole = parts.reduce((sum, { n }) => sum + n, 0);
  const wide = parts.map(({ n }) => (n === 0 ? 0 : Math.max(LEAST, (n / whole) * 100)));
  const sum = wide.reduce((a, b) => a + b, 0);
  return wide.map((width) => (sum === 0 ? 0 : (width / sum) * 100));
};

export const stackedBar = (label: string, parts: readonly Share[]): Html => {
  const whole = parts.reduce((sum, { n }) => sum + n, 0);
  const widths = widthsOf(parts);
  let x = 0;
  return markup`<svg
    class="stacked"
    height="${HEIGHT}"
    role="img"
    aria-label="${label}: ${parts.map(({ name, n }) => `${name} ${n} (${percent(n, whole)})`).join(', ')}"
  >
    ${parts.map(({ className }, i) => {
      const from = x;
      x += widths[i]!;
      return widths[i] === 0
        ? null
        : markup`<rect class="${className}" x="${at(from)}%" width="${at(widths[i]!)}%" y="0" height="${HEIGHT}" />`;
    })}
  </svg>`;
};

/** Name, number and share of each part that is not nothing. */
export const sharesList = (parts: readonly Share[]): Html => {
  const whole = parts.reduce((sum, { n }) => sum + n, 0);
  return markup`<p class="keys">
    ${parts
      .filter(({ n }) => n > 0)
      .map(
        ({ name, n, className }) =>
          markup`<span class="key"><i class="${className}"></i>${name} ${n.toLocaleString('en-US')} (${percent(n, whole)})</span> `,
      )}
  </p>`;
};
