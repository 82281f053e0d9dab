/** `npm run bench -- checks [FILE…]`: recall and precision of every check over the corpus of planted defects and near
 *  misses, MB/s of one thread, and, for files given, what is said of them: a complaint about good data is a mistake. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Recipe } from '../../shared/contracts/recipe.ts';
import { checkDataset } from '../../shared/dataset/check.ts';
import { parseRow } from '../../shared/dataset/containers/parse.ts';
import { examine } from '../../shared/dataset/examine.ts';
import { scoreCorpus, type Score } from '../shared/dataset/corpus/score.ts';

const { data } = Recipe.parse({});
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const WORDS =
  'the river runs past a small town where people meet in the market and talk about weather bread books music and what the next year may bring to them all'.split(
    ' ',
  );
const HAN = '河流经过一座小城人们在市场上相遇谈论天气面包书和音乐以及明年会给大家带来什么';

/** Lines of chats of about 2 KB, some of them Chinese. */
const chatLines = (megabytes: number): readonly string[] => {
  const lines: string[] = [];
  let state = 1;
  const next = (n: number): number => (state = (state * 48_271) % 2_147_483_647) % n;
  const prose = (n: number): string =>
    next(10) === 0
      ? `${Array.from({ length: n }, () => HAN[next(HAN.length)]).join('')}。`
      : `${Array.from({ length: n }, () => WORDS[next(WORDS.length)]).join(' ')}.`;
  for (let bytes = 0; bytes < megabytes * 1e6; bytes += Buffer.byteLength(lines.at(-1)!))
    lines.push(
      JSON.stringify({
        messages: [
          { role: 'system', content: 'You answer guests of the town.' },
          ...Array.from({ length: 6 }, (_, i) => ({
            role: i % 2 === 0 ? 'user' : 'assistant',
            content: prose(i % 2 === 0 ? 20 : 90),
          })),
        ],
      }),
    );
  return lines;
};

/** MB in a second of this process's own time on a core: other load on the machine does not count. */
const speed = (megabytes: number) => {
  const lines = chatLines(megabytes);
  const timed = (work: (line: string) => void): number => {
    for (const line of lines.slice(0, 500)) work(line); // compiled before it is timed
    const begun = process.cpuUsage();
    for (const line of lines) work(line);
    const { user, system } = process.cpuUsage(begun);
    return Math.round((megabytes * 1e6) / (user + system));
  };
  return {
    parse_mb_per_cpu_second: timed((line) => void JSON.parse(line)),
    checks_mb_per_cpu_second: timed((line) => {
      const row = parseRow(line, 1);
      if ('value' in row) examine(row.value, data, row.remark);
    }),
  };
};

const share = (part: number, whole: number): string =>
  whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;

const table = (scores: readonly Score[]): string =>
  [
    `${'check'.padEnd(28)}planted  found  near  false  recall   precision`,
    ...scores.map(
      ({ code, planted, found, near, false: wrong }) =>
        `${code.padEnd(28)}${String(planted).padStart(7)}${String(found).padStart(7)}${String(near).padStart(6)}${String(wrong).padStart(7)}  ${share(found, planted).padEnd(8)} ${share(found, found + wrong)}`,
    ),
  ].join('\n');

const alarms = async (path: string) => {
  const source = { file: basename(path), role: 'train' as const, chunks: createReadStream(path) };
  const { status, problems } = await checkDataset([source], data, 0, null);
  say(`\n${path}: ${status}`);
  for (const { severity, code, count, places } of problems) {
    say(`  ${severity} ${code} ${count}`);
    for (const { line, pointer, excerpt } of places.slice(0, 3)) say(`    ${line} ${pointer} ${excerpt}`);
  }
  return { path, problems: problems.map(({ code, count }) => ({ code, count })) };
};

export const benchChecks = async (paths: readonly string[]): Promise<object> => {
  const { scores, misses } = await scoreCorpus();
  say(table(scores));
  for (const { code, what, sample } of misses) say(`${what} ${code}: ${sample}`);
  const sum = (key: 'planted' | 'found' | 'near' | 'false'): number =>
    scores.reduce((n, score) => n + score[key], 0);
  const files = [];
  for (const path of paths) files.push(await alarms(path));
  return {
    checks: scores.length,
    planted: sum('planted'),
    near_misses: sum('near'),
    recall: sum('found') / sum('planted'),
    precision: sum('found') / (sum('found') + sum('false')),
    ...speed(20),
    files,
  };
};
