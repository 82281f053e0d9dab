/** A report as text for a terminal. */
import type { DatasetReport, Personal, Problem } from '../contracts/dataset.ts';
import { reasonsOf } from './tally.ts';

const SHOWN = 5; // places of a problem

/** Text that a terminal shows as it is: control and direction characters become their code points. */
export const visible = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu, (c) => {
    return `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });

const count = (n: number, noun: string): string =>
  `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;

const placeLine = ({ file, line, pointer, excerpt }: Problem['places'][number]): string => {
  const where = [file, line === null ? '' : `line ${line}`, pointer].filter((part) => part !== '').join(' ');
  return visible(where === '' ? `    ${excerpt}` : `    ${where}: ${excerpt}`);
};

export const problemLines = ({
  severity,
  code,
  count: n,
  message,
  fix,
  places,
}: Problem): readonly string[] => [
  '',
  `${severity} ${code} (${count(n, 'time')}): ${message}`,
  ...places.slice(0, SHOWN).map(placeLine),
  ...(n > SHOWN ? [`    and ${count(n - SHOWN, 'more place')}`] : []),
  visible(`  fix: ${fix}`),
];

const DONE: Readonly<Record<Personal['mode'], string>> = {
  report: 'left in the rows',
  redact: 'redacted',
  pseudonymise: 'pseudonymised',
  reject: 'their rows quarantined',
};

const personalLines = ({ privacy = [] }: DatasetReport): readonly string[] =>
  privacy.length === 0
    ? []
    : [
        '',
        'personal data and secrets:',
        ...privacy.map(({ type, count: n, mode, places: [place] }) => {
          const where = place ? `, first at ${place.file} line ${place.line} ${place.pointer}` : '';
          return visible(`    ${type}: ${n.toLocaleString('en-US')}, ${DONE[mode]}${where.trimEnd()}`);
        }),
        ...(privacy.some(({ mode }) => mode === 'report')
          ? [
              '  fix: --set data.privacy.mode=redact (or pseudonymise, reject); see data.privacy in the README',
            ]
          : []),
      ];

/** That rows which are left out need not be mended by hand. */
const mendableLines = (problems: readonly Problem[]): readonly string[] => {
  const codes = problems
    .filter(({ severity, fixable }) => severity === 'error' && fixable)
    .map(({ code }) => code);
  return codes.length === 0 ? [] : ['', `check --fix OUT writes the rows mended: ${codes.join(', ')}`];
};

const FATES = ['train', 'held_out', 'dropped', 'duplicate', 'quarantined'] as const;

/** Status with its reasons, shapes, the sum of rows, and every problem with lines and fix. No trailing newline. */
export const describeReport = (report: DatasetReport): string => {
  const { status, shape, shapes, rows, problems, files, characters } = report;
  const kinds = Object.entries(shapes).map(([name, n]) => `${name} ${n}`);
  const parts = FATES.filter((fate) => rows[fate] > 0 || fate === 'train').map(
    (fate) => `${rows[fate]} ${fate}`,
  );
  return [
    `${status}: ${shape ?? 'no known shape'}${kinds.length > 1 ? ` (${kinds.join(', ')})` : ''}`,
    ...reasonsOf(report).map(({ code, message }) => `  because ${code}: ${message}`),
    ...files.map(({ file, role, bytes, encoding }) =>
      visible(`${role}: ${file}, ${count(bytes, 'byte')}, ${encoding}`),
    ),
    `rows: ${rows.in} in = ${parts.join(' + ')}`,
    ...(rows.train > 0
      ? [
          `characters of a row: median ${characters.median}, longest ${characters.max}, in all ${characters.total}`,
        ]
      : []),
    ...personalLines(report),
    ...problems.flatMap(problemLines),
    ...mendableLines(problems),
  ].join('\n');
};
