/** What a page shows of the rows themselves: a few of each fate, and the scripts of some of them. */
import { type AccountedRow, type Fate, isUsed, type Message, type Row } from '../../contracts/row.ts';
import { evenly } from './evenly.ts';
import { scriptOf, type Script } from './scripts.ts';

const FOR_SCRIPTS = 1000; // rows
const SHOWN: Readonly<Record<Fate, number>> = {
  train: 4,
  held_out: 1,
  dropped: 2,
  duplicate: 1,
  quarantined: 2,
};

export type SampleRow = AccountedRow & { readonly row: Row };
export type ScriptCounts = Readonly<Partial<Record<Script, number>>>;

export type Portrait = {
  readonly samples: readonly SampleRow[];
  /** how many rows the scripts are of */
  readonly rows: number;
  /** texts by their script: of what is asked, and of what is to be answered (plain text is an answer) */
  readonly prompts: ScriptCounts;
  readonly answers: ScriptCounts;
};

const said = (messages: readonly Message[], role: Message['role']): string =>
  messages
    .flatMap((message) => (message.role === role && message.content ? [message.content] : []))
    .join('\n');

const textsOf = (row: Row): { readonly prompt: string; readonly answer: string } => {
  if (row.kind === 'text') return { prompt: '', answer: row.text };
  const all = row.kind === 'preference' ? [...row.messages, ...row.chosen] : row.messages;
  return { prompt: said(all, 'user'), answer: said(all, 'assistant') };
};

const scriptsOf = (row: Row): { readonly prompt: Script | null; readonly answer: Script | null } => {
  const { prompt, answer } = textsOf(row);
  return { prompt: prompt === '' ? null : scriptOf(prompt), answer: answer === '' ? null : scriptOf(answer) };
};

const countsOf = (scripts: readonly (Script | null)[]): ScriptCounts => {
  const counts = new Map<Script, number>();
  for (const script of scripts) if (script) counts.set(script, (counts.get(script) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
};

/** Sees every row that is accounted for, in order. */
export const portraitist = () => {
  const scripts = evenly<ReturnType<typeof scriptsOf>>(FOR_SCRIPTS);
  const samples = Object.entries(SHOWN).map(([fate, most]) => ({
    fate,
    most,
    rows: evenly<SampleRow>(most),
  }));
  return {
    see(accounted: AccountedRow): void {
      const { row, fate } = accounted;
      if (!row) return;
      samples.find((sample) => sample.fate === fate)!.rows.take(() => ({ ...accounted, row }));
      if (isUsed(fate)) scripts.take(() => scriptsOf(row));
    },
    portrait(): Portrait {
      const seen = scripts.kept();
      return {
        samples: samples.flatMap(({ rows }) => rows.kept()),
        rows: seen.length,
        prompts: countsOf(seen.map(({ prompt }) => prompt)),
        answers: countsOf(seen.map(({ answer }) => answer)),
      };
    },
  };
};
