/** An adapter that our engine trained, read by transformers and PEFT. Opt-in: `npm run test:peft`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAdapter } from '../../gpu-worker/runtime/read-tuned.ts';
import { openModel, type OpenModel } from '../../gpu-worker/runtime/open.ts';
import { layOut } from '../../gpu-worker/runtime/parameters.ts';
import { take } from '../../gpu-worker/runtime/tensors.ts';
import { openCache } from '../../gpu-worker/serve/cache.ts';
import { openGenerator } from '../../gpu-worker/serve/generator.ts';
import type { GeneratorOptions } from '../../gpu-worker/serve/options.ts';
import { openPrefill } from '../../gpu-worker/serve/prefill.ts';
import { hfFolder } from '../helpers/hf-base.ts';
import { type Answer, askPeft, largestDifference, PYTHON } from '../helpers/peft.ts';

/** DROPTUNE_TEST_GGUF: a file to use in place of a download. */
const ID = process.env['DROPTUNE_TEST_GGUF'] ?? 'HuggingFaceTB/SmolLM2-135M-Instruct';
const ROOT = join(import.meta.dirname, '../..');
const ROWS = 16;
const MAX_NEW_TOKENS = 24;

describe.skipIf(!PYTHON)(
  'an adapter that droptune trained, in PEFT (skipped without DROPTUNE_TEST_PYTHON)',
  () => {
    const work = mkdtempSync(join(tmpdir(), 'peft-'));
    let open: OpenModel;
    let ours: GeneratorOptions;
    let prompts: Int32Array[];
    let theirs: Answer;

    beforeAll(async () => {
      const rows = readFileSync(join(ROOT, 'infra/local/demo/format/train.jsonl'), 'utf8')
        .split('\n')
        .slice(0, ROWS);
      const data = join(work, 'train.jsonl');
      writeFileSync(data, `${rows.join('\n')}\n`);
      const cli = join(ROOT, 'dist/functions/entries/cli.js');
      const settings = ['n_epochs=2', 'batch_size=4', 'learning_rate=0.001'].map(
        (s) => `--set=training.${s}`,
      );
      const args = ['train', data, '--base', ID, '--out', join(work, 'out'), ...settings];
      execFileSync(process.execPath, [cli, ...args, '--set=evaluation.enabled=false'], {
        cwd: ROOT,
        stdio: 'inherit',
      });

      const adapter = join(work, 'out/adapter');
      const folder = await hfFolder(ID, process.env);
      open = await openModel(folder, 2);
      const { seams, tensors } = loadAdapter(adapter, open.model);
      const parameters = layOut(open.model, seams);
      take(parameters, tensors);
      ours = { ...open, seams, parameters };
      prompts = rows.slice(0, 5).map((row) => {
        const { messages } = JSON.parse(row) as { messages: { role: string; content: string }[] };
        const text = messages.find(({ role }) => role === 'user')!.content;
        return Int32Array.from(
          open.tokenizer.encode(`<|im_start|>user\n${text}<|im_end|>\n<|im_start|>assistant\n`),
        );
      });
      const question = { base: folder, adapter, prompts: prompts.map((p) => [...p]) };
      theirs = askPeft([question], MAX_NEW_TOKENS)[0]!;
    });
    afterAll(async () => {
      await open?.close();
      rmSync(work, { recursive: true, force: true });
    });

    test('loads with no key missing and none left over', () => {
      expect({ missing: theirs.missing, unexpected: theirs.unexpected }).toEqual({
        missing: [],
        unexpected: [],
      });
    });

    test('gives every logit after five prompts within 1e-3', async () => {
      for (const [i, prompt] of prompts.entries()) {
        const logits = (await openPrefill(ours)([prompt], openCache(open.model, 1)))(0);
        expect(logits).toHaveLength(theirs.logits[i]!.length);
        expect(largestDifference(logits, theirs.logits[i]!)).toBeLessThan(1e-3);
      }
    });

    test('writes the same greedy text', async () => {
      const stop = open.tokenizer.eosIds;
      const answers = await openGenerator(ours).generate(prompts, { max_new_tokens: MAX_NEW_TOKENS, stop });
      const withoutStop = theirs.greedy.map((tokens) => tokens.filter((token) => !stop.includes(token)));
      expect(answers.map(({ tokens }) => tokens)).toEqual(withoutStop);
      expect(withoutStop.flat().length).toBeGreaterThan(20);
    });
  },
);
