/** Recall and precision of every check over the corpus. */
import { SET_CHECKS } from '../../../../shared/dataset/checks/index.ts';
import { drop } from '../drop.ts';
import { CORPUS, type Sample } from './corpus.ts';

export type Score = {
  readonly code: string;
  planted: number;
  found: number;
  near: number;
  /** samples, of any defect, in which the check was wrong to complain */
  false: number;
};

export type Miss = { readonly code: string; readonly what: 'missed' | 'false'; readonly sample: string };

/** Rows of a corpus dataset are made from one sentence, so they are near-duplicates by right. */
const ALIKE = new Set(['near_duplicate', 'near_overlap', 'held_out_leak']);
const OVER_ALL: ReadonlySet<string> = new Set(SET_CHECKS.map(({ code }) => code));

const codesIn = async ({ files, single }: Sample): Promise<readonly string[]> => {
  const { report } = await drop(files);
  return report.problems
    .map(({ code }) => code)
    .filter((code) => !ALIKE.has(code) && (!single || !OVER_ALL.has(code)));
};

export const scoreCorpus = async (): Promise<{ scores: readonly Score[]; misses: readonly Miss[] }> => {
  const scores = new Map<string, Score>();
  const misses: Miss[] = [];
  const of = (code: string): Score => {
    const score = scores.get(code) ?? { code, planted: 0, found: 0, near: 0, false: 0 };
    scores.set(code, score);
    return score;
  };
  for (const sample of CORPUS) {
    const { code, planted, also, files } = sample;
    const codes = await codesIn(sample);
    const miss = (wrong: string, what: Miss['what']): void =>
      void misses.push({ code: wrong, what, sample: `${code}: ${String(files[0]!.body).slice(0, 160)}` });
    if (planted) {
      of(code).planted += 1;
      if (codes.includes(code)) of(code).found += 1;
      else miss(code, 'missed');
    } else of(code).near += 1;
    for (const other of codes) {
      if ((planted && other === code) || also.has(other)) continue;
      of(other).false += 1;
      miss(other, 'false');
    }
  }
  return { scores: [...scores.values()], misses };
};
