/** What of other people's test vectors is found, beside presidio's and gitleaks' own rules, and how fast a text is looked
 *  through in which there is nothing. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SECRETS } from '../../shared/contracts/privacy.ts';
import { candidates, scan } from '../../shared/dataset/privacy/scan.ts';
import { decoys } from './privacy-decoys.ts';
import { type Case, casesIn, ENTITIES } from './privacy-vectors.ts';
import { ROOT } from './python.ts';

const SURE = 0.3; // what a recipe asks for if it does not say otherwise
const SECRET_TYPES: ReadonlySet<string> = new Set(['secret', ...SECRETS]);

type Hit = { readonly type: string; readonly start: number; readonly end: number; readonly score: number };
type Count = { found: number; missed: number; wrong: number };

const add = (sum: Count, { count, spans }: Case, hits: readonly Hit[]): void => {
  const right = spans
    ? spans.filter(([start, end]) => hits.some((hit) => hit.start < end && hit.end > start)).length
    : Math.min(hits.length, count);
  sum.found += right;
  sum.missed += count - right;
  sum.wrong += Math.max(0, hits.length - right);
};

/** Several rules may find one place: that is one finding. */
const apart = (hits: readonly Hit[]): readonly Hit[] => {
  const kept: Hit[] = [];
  for (const hit of hits.toSorted((a, b) => b.score - a.score))
    if (kept.every(({ start, end }) => hit.end <= start || hit.start >= end)) kept.push(hit);
  return kept;
};

type Finder = (one: Case, index: number) => readonly Hit[];

const ofType = ({ type }: Case, hits: readonly Hit[]): readonly Hit[] => {
  if (type !== 'secret') return apart(hits.filter((hit) => hit.type === type));
  return hits.filter((hit) => SECRET_TYPES.has(hit.type)).slice(0, 1);
};

const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((1000 * part) / whole) / 10;

/** Recall and precision in percent, by row of the table. */
const rate = (cases: readonly Case[], find: Finder) => {
  const sums = new Map<string, Count>();
  for (const [i, one] of cases.entries()) {
    const sum = sums.get(one.group) ?? { found: 0, missed: 0, wrong: 0 };
    sums.set(one.group, sum);
    add(sum, one, ofType(one, find(one, i)));
  }
  return Object.fromEntries(
    [...sums].map(([group, { found, missed, wrong }]) => [
      group,
      {
        recall: percent(found, found + missed),
        precision: percent(found, found + wrong),
        of: found + missed,
        wrong,
      },
    ]),
  );
};
type Rates = ReturnType<typeof rate>;

const ours =
  (look: typeof scan, least: number): Finder =>
  ({ text }) =>
    look(text, least).map(({ confidence, ...hit }) => ({ ...hit, score: confidence }));

/** Findings of each case, by presidio and gitleaks. Makes a Python environment the first time. */
const peersOn = (cases: readonly Case[]): readonly (readonly Hit[])[] => {
  const folder = mkdtempSync(join(tmpdir(), 'privacy-'));
  try {
    const file = join(folder, 'texts.json');
    const types = ENTITIES.map(([{ source }, type]) => [source, type]);
    writeFileSync(file, JSON.stringify({ types, texts: cases.map(({ text, type }) => ({ text, type })) }));
    const python = execFileSync('bash', [`${ROOT}test/python/prepare_privacy.sh`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
    const out = execFileSync(python, [`${ROOT}test/python/privacy_peers.py`, file], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse(out) as Hit[][];
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const texts = (): readonly string[] =>
  ['format', 'knowledge', 'style'].flatMap((task) =>
    readFileSync(`${ROOT}infra/local/demo/${task}/train.jsonl`, 'utf8')
      .split('\n')
      .flatMap((line) =>
        line === '' ? [] : [...JSON.stringify(JSON.parse(line)).matchAll(/"content":"((?:[^"\\]|\\.)*)"/g)],
      )
      .map(([, text]) => JSON.parse(`"${text}"`) as string),
  );

const ROUNDS = 8;
const AGAIN = 40; // the system counts CPU time in steps of milliseconds

/** 10⁶ bytes a second of one core, by CPU time: what a busy machine falsifies least. The best of several rounds. */
const speed = (all: readonly string[], look: (text: string) => number) => {
  const bytes = all.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  let [findings, best] = [0, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    const { user } = process.cpuUsage();
    for (let i = 0; i < AGAIN; i++) findings = all.reduce((sum, text) => sum + look(text), 0);
    best = Math.min(best, (process.cpuUsage().user - user) / AGAIN);
  }
  return { texts: all.length, bytes, findings, mb_per_cpu_second: Math.round((10 * bytes) / best) / 10 };
};

/** A loop that looks at every character and does nothing: how fast the machine is just now. */
const idle = (text: string): number => {
  let n = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 64) n += 1;
  return n;
};

/** What is found in texts of which nothing is anybody's: per thousand texts, by type. */
const alarms = () => {
  const all = decoys(10_000, 7);
  const found: Partial<Record<string, number>> = {};
  for (const text of all)
    for (const { type } of scan(text, SURE)) found[type] = (found[type] ?? 0) + 1000 / all.length;
  return { texts: all.length, per_thousand: found };
};

const look = (text: string): number => scan(text, SURE).length;

const fast = () => {
  const short = texts().filter((text) => scan(text, SURE).length === 0);
  const long = Array.from({ length: Math.ceil(short.length / 40) }, (_, i) =>
    short.slice(40 * i, 40 * i + 40).join('\n'),
  );
  return {
    load: loadavg()[0],
    messages: speed(short, look),
    pages: speed(long, look),
    empty_loop: speed(short, idle),
  };
};

const cell = (value: number | null | undefined): string => (value ?? '–').toString().padStart(6);

const table = (columns: Readonly<Record<string, Rates>>): string => {
  const [first] = Object.values(columns);
  const head = `${''.padEnd(16)}${'n'.padStart(5)}  ${Object.keys(columns)
    .map((name) => name.padStart(20))
    .join('')}`;
  const rows = Object.keys(first!).map((group) => {
    const cells = Object.values(columns).map((rates) => {
      const { recall, precision } = rates[group] ?? { recall: null, precision: null };
      return `       ${cell(recall)} ${cell(precision)}`;
    });
    return `${group.padEnd(16)}${String(first![group]!.of).padStart(5)}  ${cells.join('')}`;
  });
  return ['recall and precision, percent', head, ...rows].join('\n');
};

export const benchPrivacy = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      peers: { type: 'boolean', default: false },
      misses: { type: 'boolean' },
    },
  });
  if (values.data === undefined) return { fast: fast(), alarms: alarms() };
  const cases = casesIn(values.data);
  const peers = values.peers ? peersOn(cases) : null;
  const of =
    (least: number): Finder =>
    (_, i) =>
      peers![i]!.filter(({ score }) => score >= least);
  // by default a place has one type; `same` asks for one type alone, as the peers are asked
  const rates = {
    'ours, default': rate(cases, ours(scan, SURE)),
    'ours, same': rate(cases, ours(candidates, SURE)),
    'ours, any': rate(cases, ours(candidates, 0)),
    ...(peers && { 'peers, same': rate(cases, of(SURE)), 'peers, any': rate(cases, of(0)) }),
  };
  process.stderr.write(`${table(rates)}\n`);
  if (values.misses)
    for (const one of cases) {
      const hits = ofType(one, ours(candidates, 0)(one, 0));
      const sum: Count = { found: 0, missed: 0, wrong: 0 };
      add(sum, one, hits);
      if (sum.missed + sum.wrong > 0)
        process.stderr.write(
          `${one.group}: ${sum.missed} missed, ${sum.wrong} wrong in ${JSON.stringify(one.text.slice(0, 160))}\n`,
        );
    }
  return { fast: fast(), alarms: alarms(), cases: cases.length, rates };
};
