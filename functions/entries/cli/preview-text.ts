/** A preview on a terminal: the learnt tokens stand out, by colour or by a mark. */
import type {
  Preview,
  PreviewLengths,
  PreviewRow,
  PreviewSide,
  Why,
} from '../../../shared/contracts/preview.ts';
import { binName } from '../../../shared/histogram.ts';
import { visible } from '../../../shared/dataset/describe.ts';
import { count } from '../../../shared/page/wording.ts';
import {
  fateOf,
  lengthOf,
  originName,
  planOf,
  type Segment,
  segmentsOf,
  WHY,
  wholeIn,
} from '../../../shared/text/preview/segments.ts';
import { paint, type Paint, type Terminal } from './terminal.ts';

const SHORT = 24; // tokens of a segment where not all are asked for
const BAR = 40;

const PAINTS: Readonly<Record<Why, Parameters<Paint>[0]>> = {
  learnt: 'green',
  context: 'dim',
  first: 'dim',
  weight: 'yellow',
  history: 'yellow',
  cut: 'red',
};

const BETWEEN = '│'; // tokens
const shown = (text: string): string => visible(text.replaceAll('\n', '⏎').replaceAll('\t', '⇥'));

const tokensOf = ({ tokens, why }: Segment, p: Paint, whole: boolean): string => {
  const few = whole || tokens.length <= SHORT ? tokens : tokens.slice(0, SHORT);
  const more = tokens.length - few.length;
  const texts = few.filter(({ text }) => text !== '').map(({ text }) => p(PAINTS[why], shown(text)));
  return texts.join(p('dim', BETWEEN)) + (more > 0 ? p('dim', ` … ${count(more, 'more token')}`) : '');
};

const segmentLine = (segment: Segment, p: Paint, whole: boolean): string => {
  const { why, weight, from, tokens } = segment;
  const mark = why === 'learnt' ? '▶' : why === 'cut' ? '✂' : ' ';
  const share = why === 'learnt' && weight !== 1 ? ` × ${weight}` : '';
  const name = `${WHY[why].name}${share}`.padEnd(12);
  const left = `${mark} ${name} ${String(tokens.length).padStart(5)}  ${originName(from).padEnd(22)}`;
  return `  ${p(PAINTS[why], left)} ${tokensOf(segment, p, whole)}`;
};

const sideLines = (side: PreviewSide, maxLength: number, p: Paint, whole: boolean): string[] => {
  const { name, desirable } = side;
  const label = [
    ...(name === null ? [] : [`${name} answer`]),
    ...(desirable === null ? [] : [desirable ? 'found good' : 'found bad']),
  ].join(', ');
  return [
    `${label === '' ? '' : `${p('bold', label)}: `}${lengthOf(side, maxLength)}`,
    ...segmentsOf(side).map((segment) => segmentLine(segment, p, whole)),
  ];
};

const rowLines = (row: PreviewRow, maxLength: number, p: Paint, whole: boolean): string[] => [
  p('bold', `row ${row.number}`) + shown(`, line ${row.line} of ${row.file}: ${fateOf(row)}`),
  ...row.sides.flatMap((side) => sideLines(side, maxLength, p, whole)),
  '',
];

const lengthLines = (lengths: PreviewLengths, maxLength: number, p: Paint): string[] => {
  const { rows, total, learnt, median, max, bins } = lengths;
  const most = Math.max(1, ...bins);
  const names = bins.map((_, i) => binName(lengths, i));
  const width = Math.max(0, ...names.map((name) => name.length));
  return [
    `${p('bold', count(rows, 'row'))}: ${count(total, 'token')}, ${learnt.toLocaleString('en-US')} learnt; a row has ${median.toLocaleString('en-US')} at the median, ${max.toLocaleString('en-US')} at most`,
    ...bins.map((n, i) => {
      const bar = '█'.repeat(Math.ceil((n / most) * BAR));
      const isCut = (i + 1) * lengths.step > maxLength;
      return `  ${names[i]!.padStart(width)}  ${p(isCut ? 'red' : 'green', bar)}${n > 0 ? ' ' : ''}${n}`;
    }),
    planOf(lengths, maxLength),
    wholeIn(lengths),
  ];
};

/** No line break at the end. `whole`: no segment is shortened. */
export const describePreview = (
  { base, objective, max_length, rows, lengths }: Preview,
  { outColor }: Pick<Terminal, 'outColor'>,
  whole: boolean,
): string => {
  const p = paint(outColor);
  const reasons = new Set(
    rows.flatMap(({ sides }) => sides.flatMap(({ tokens }) => tokens.map((t) => t.why))),
  );
  return [
    shown(`base ${base}, objective ${objective}`),
    '',
    ...rows.flatMap((row) => rowLines(row, max_length, p, whole)),
    ...(Object.keys(WHY) as Why[])
      .filter((why) => reasons.has(why))
      .map((why) => `${p(PAINTS[why], WHY[why].name.padEnd(10))} ${WHY[why].means}`),
    ...(lengths ? ['', ...lengthLines(lengths, max_length, p)] : []),
  ].join('\n');
};
