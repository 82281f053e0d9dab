/** Contamination: rows to train on that contain a text of the test, by runs of 13 words or characters. */
import type { Rows, SetFinding } from '../checks/check.ts';
import { gramsOf } from './grams.ts';
import { comparedTexts, unitsOf } from './normal.ts';
import { slotFor } from './number-set.ts';

const COMMON = 10; // rows to train on that may share a run before it is a phrase of the trade
const WHOLE = 0.8; // share of a text's runs with which it counts as contained
const MOST = 2 ** 21; // runs of the test that are kept; of a larger test a fair sample

const FREE = -1;
/** Runs of the test: each with the text it came from first, and how many rows to train on have it. */
const index = (most: number) => {
  const size = 2 ** Math.ceil(Math.log2(1.5 * most + 2));
  const keys = new Int32Array(size);
  const owner = new Int32Array(size).fill(FREE);
  const counts = new Uint8Array(size);
  const counted = new Int32Array(size).fill(-1); // the last row that was
  const slotOf = (gram: number): number => {
    let slot = slotFor(gram, size - 1);
    while (owner[slot] !== FREE && keys[slot] !== gram) slot = (slot + 1) & (size - 1);
    return slot;
  };
  return {
    add(gram: number, text: number): void {
      const slot = slotOf(gram);
      if (owner[slot] !== FREE) return;
      keys[slot] = gram;
      owner[slot] = text;
    },
    /** Once a row, however often it has the run. Says where a run is noted that may prove to be rare. */
    count(gram: number, row: number): number | null {
      const slot = slotOf(gram);
      if (owner[slot] === FREE || counted[slot] === row || counts[slot]! > COMMON) return null;
      counted[slot] = row;
      counts[slot]! += 1;
      return slot;
    },
    isCommon: (gram: number): boolean => counts[slotOf(gram)]! > COMMON,
    /** The text that a run belongs to, null where it is common. */
    textAt: (slot: number): number | null => (counts[slot]! > COMMON ? null : owner[slot]!),
  };
};
type Index = ReturnType<typeof index>;

type Tested = { readonly row: number; readonly text: number };

const gramsOfRow = (rows: Rows, row: number): readonly Int32Array[] =>
  comparedTexts(rows.read(row)!).map((text) => gramsOf(unitsOf([text])).slice());

const indexTest = (rows: Rows): { runs: Index; texts: readonly Tested[] } => {
  let kept = 0;
  for (const { grams: some } of rows.grams((row) => rows.at(row).fate === 'held_out')) kept += some.length;
  const every = Math.ceil((rows.stride * kept) / MOST) || 1;
  const runs = index(Math.min(MOST, rows.stride * kept) * 2);
  const texts: Tested[] = [];
  if (kept === 0) return { runs, texts };
  for (const { row, fate } of rows) {
    if (fate !== 'held_out') continue;
    for (const [text, grams] of gramsOfRow(rows, row).entries()) {
      for (const gram of grams) if ((gram >>> 3) % every === 0) runs.add(gram, texts.length);
      texts.push({ row, text });
    }
  }
  return { runs, texts };
};

/** The first text of the test that a row contains nearly all of. */
const contained = (
  rows: Rows,
  row: number,
  candidates: readonly Tested[],
  { isCommon }: Index,
): Tested | null => {
  const own = new Set(gramsOfRow(rows, row).flatMap((grams) => [...grams]));
  const found = candidates.find((tested) => {
    const telling = gramsOfRow(rows, tested.row)[tested.text]!.filter((gram) => !isCommon(gram));
    return telling.filter((gram) => own.has(gram)).length >= WHOLE * telling.length;
  });
  return found ?? null;
};

/** Rows to train on with the places of the test's runs that they have, as far as those may prove to be rare. */
const hitsOf = (rows: Rows, runs: Index): readonly (readonly [row: number, slots: readonly number[]])[] => {
  const all: [number, number[]][] = [];
  for (const { row, grams: some } of rows.grams((each) => rows.at(each).fate === 'train')) {
    let slots: number[] | null = null;
    for (const gram of some) {
      const slot = runs.count(gram, row);
      if (slot !== null) (slots ??= []).push(slot);
    }
    if (slots) all.push([row, slots]);
  }
  return all;
};

/** Every row to train on that contains a text of the test, as far as runs are not common to many. */
export const findLeaks = function* (rows: Rows): Generator<SetFinding> {
  const { runs, texts } = indexTest(rows);
  if (texts.length === 0) return;
  for (const [row, slots] of hitsOf(rows, runs)) {
    const hits = new Set(slots.map((slot) => runs.textAt(slot)).filter((text) => text !== null));
    const { family } = rows.at(row);
    const candidates = Array.from(hits, (text) => texts[text]!).filter(
      (tested) => rows.at(tested.row).family !== family, // told as a near-duplicate
    );
    const leak = candidates.length > 0 ? contained(rows, row, candidates, runs) : null;
    if (!leak) continue;
    const { file, line } = rows.at(leak.row);
    yield { row, excerpt: `contains a text of line ${line} of ${file}` };
  }
};
