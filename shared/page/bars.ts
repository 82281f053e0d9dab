/** Numbers in bins as upright bars. Text keeps its size at every width: positions are percentages, only the bars stretch. */
import { markup, type Html } from './html.ts';
import { at } from './scale.ts';

const HEIGHT = 150;
const TOP = 18; // room for the number above the highest bar
const GAP = 0.12; // of a bin
const NAMES = 5; // that fit side by side on a phone

export type Bar = { readonly name: string; readonly n: number; readonly className: string };

type Plot = {
  /** what the picture says, for who cannot see it */
  readonly label: string;
  readonly bars: readonly Bar[];
  /** below the axis */
  readonly unit: string;
};

export const uprightBars = ({ label, bars, unit }: Plot): Html => {
  const most = bars.reduce((max, { n }) => Math.max(max, n), 1);
  const width = 100 / bars.length;
  const every = Math.ceil(bars.length / NAMES);
  const highest = bars.findIndex(({ n }) => n === most);
  return markup`<svg height="${HEIGHT + 36}" role="img" aria-label="${label}">
    ${bars.map(({ n, className }, i) => {
      const height = n === 0 ? 0 : Math.max(2, (n / most) * (HEIGHT - TOP));
      return markup`<rect
        class="${className}"
        x="${at((i + GAP / 2) * width)}%"
        width="${at((1 - GAP) * width)}%"
        y="${at(HEIGHT - height)}"
        height="${at(height)}"
      />`;
    })}
    ${highest < 0 ? null : markup`<text x="${at((highest + 0.5) * width)}%" y="${TOP - 5}" text-anchor="middle">${most.toLocaleString('en-US')}</text>`}
    <line class="axis" x1="0" x2="100%" y1="${HEIGHT}" y2="${HEIGHT}" />
    ${bars.map(({ name }, i) =>
      i % every === 0
        ? markup`<text x="${at((i + 0.5) * width)}%" y="${HEIGHT + 16}" text-anchor="${i === 0 && every > 1 ? 'start' : 'middle'}">${name}</text>`
        : null,
    )}
    <text x="50%" y="${HEIGHT + 33}" text-anchor="middle">${unit}</text>
  </svg>`;
};
