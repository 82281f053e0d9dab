/** Neighbouring tokens of one kind, and the words for what they are. */
import type {
  Origin,
  PreviewLengths,
  PreviewRow,
  PreviewSide,
  PreviewToken,
  Why,
} from '../../contracts/preview.ts';
import { count, percent } from '../../page/wording.ts';

export type Segment = Pick<PreviewToken, 'why' | 'weight' | 'from'> & {
  readonly tokens: readonly PreviewToken[];
};

const sameOrigin = (a: Origin, b: Origin): boolean =>
  a.what === b.what && ('message' in a ? a.message : null) === ('message' in b ? b.message : null);

export const segmentsOf = ({ tokens }: PreviewSide): Segment[] => {
  const segments: (Segment & { readonly tokens: PreviewToken[] })[] = [];
  for (const token of tokens) {
    const { why, weight, from } = token;
    const last = segments.at(-1);
    if (last?.why === why && last.weight === weight && sameOrigin(last.from, from)) last.tokens.push(token);
    else segments.push({ why, weight, from, tokens: [token] });
  }
  return segments;
};

export const originName = (from: Origin): string => {
  if (!('message' in from)) return from.what;
  const what = from.what === 'content' ? '' : ` ${from.what}`;
  return `${from.role}${what}, message ${from.message + 1}`;
};

export const WHY: Readonly<Record<Why, { readonly name: string; readonly means: string }>> = {
  learnt: { name: 'learnt', means: 'the loss is taken on it, times its weight' },
  context: { name: 'context', means: 'read and not learnt: it is there before an answer' },
  first: { name: 'first', means: 'nothing comes before it from which it could be predicted' },
  weight: { name: 'weight 0', means: 'an answer to which the row gives weight 0' },
  history: {
    name: 'history',
    means:
      'an earlier answer as the template writes it once it is history: it is learnt in a sequence of its own, in the form in which it is asked for',
  },
  cut: { name: 'cut', means: 'beyond max_length: training does not read it' },
};

const FATES: Readonly<Record<PreviewRow['fate'], string>> = {
  train: 'trained on',
  held_out: 'held out for the test',
  dropped: 'dropped',
  duplicate: 'left out as a duplicate',
  quarantined: 'quarantined',
};

/** What becomes of a row. */
export const fateOf = ({ fate, reason, used }: PreviewRow): string => {
  const said = reason === null ? FATES[fate] : `${FATES[fate]} (${reason})`;
  return used ? said : `${said}; left out: nothing is left to learn`;
};

/** How long a side is, what of it is learnt, and what is cut. */
export const lengthOf = ({ length, learnt, cut, lost }: PreviewSide, maxLength: number): string => {
  const fits = `${count(length, 'token')} of at most ${maxLength.toLocaleString('en-US')}, ${learnt.toLocaleString('en-US')} learnt`;
  if (cut === 0) return fits;
  return `${fits}; the last ${cut.toLocaleString('en-US')} are cut, ${lost.toLocaleString('en-US')} of them would have been learnt`;
};

/** What max_length does to all rows. */
export const planOf = ({ rows, cut, empty, lost, learnt }: PreviewLengths, maxLength: number): string => {
  const limit = `max_length ${maxLength.toLocaleString('en-US')}`;
  if (cut === 0 && empty === 0) return `${limit}: every row is read whole.`;
  return [
    `${limit}: ${count(cut, 'row')} (${percent(cut, rows)}) ${cut === 1 ? 'is' : 'are'} cut`,
    `${lost.toLocaleString('en-US')} of ${count(learnt, 'token')} to learn ${lost === 1 ? 'is' : 'are'} lost (${percent(lost, learnt)})`,
    `${count(empty, 'row')} ${empty === 1 ? 'has' : 'have'} nothing left to learn and ${empty === 1 ? 'is' : 'are'} left out.`,
  ].join('; ');
};

/** `90 % of the rows fit in 80 tokens, …, all in 310` */
export const wholeIn = ({ whole }: PreviewLengths): string =>
  whole
    .map(({ share, max_length }, i) => {
      const rows = share === 1 ? 'all' : `${share * 100} %`;
      return `${rows} ${i === 0 ? 'of the rows fit in' : 'in'} ${max_length.toLocaleString('en-US')}${i === 0 ? ' tokens' : ''}`;
    })
    .join(', ');
