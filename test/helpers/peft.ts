/** Adapters as transformers and PEFT read them: one Python process for all. DROPTUNE_TEST_PYTHON names the interpreter. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSafetensors } from '../../gpu-worker/weights/safetensors.ts';

export const PYTHON = process.env['DROPTUNE_TEST_PYTHON'];
const SCRIPT = join(import.meta.dirname, '../python/check_adapter.py');

/** `adapter` null: the base itself, as a fully trained model is. */
export type Question = {
  readonly base: string;
  readonly adapter: string | null;
  readonly prompts: readonly (readonly number[])[];
};
export type Answer = {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  /** new tokens of each prompt, its stop token included */
  readonly greedy: readonly (readonly number[])[];
  /** [vocab_size] after the last token of each prompt */
  readonly logits: readonly Float32Array[];
};

export const askPeft = (questions: readonly Question[], max_new_tokens = 0): Answer[] => {
  const work = mkdtempSync(join(tmpdir(), 'peft-'));
  try {
    const checks = questions.map((q, i) => ({ ...q, logits: join(work, `${i}.safetensors`) }));
    const out = execFileSync(PYTHON!, [SCRIPT], {
      input: JSON.stringify({ checks, max_new_tokens }),
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    const { answers } = JSON.parse(out) as { answers: Omit<Answer, 'logits'>[] };
    return answers.map((answer, i) => {
      const file = openSafetensors(checks[i]!.logits);
      const logits = checks[i]!.prompts.map((_, n) => file.readFloat32(String(n)));
      file.close();
      return { ...answer, logits };
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

export const largestDifference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), a.length === b.length ? 0 : Infinity);
