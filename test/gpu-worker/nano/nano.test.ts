/** The base that is shipped: what is in the folder, and what it can do. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../gpu-worker/evaluate/metrics/json.ts';
import { SHIPPED } from '../../../gpu-worker/nano/make/command.ts';
import { corpus } from '../../../gpu-worker/nano/make/corpus.ts';
import { makeTokenizer } from '../../../gpu-worker/nano/make/tokenizer.ts';
import { layOut } from '../../../gpu-worker/runtime/parameters.ts';
import { openModel } from '../../../gpu-worker/runtime/open.ts';
import { openGenerator } from '../../../gpu-worker/serve/generator.ts';
import { openBase } from '../../../gpu-worker/weights/base.ts';
import { resolveBase } from '../../../gpu-worker/weights/resolve.ts';
import { findInCatalog } from '../../../shared/catalog.ts';
import { renderPrompt } from '../../../shared/text/template.ts';

const { path } = await resolveBase('nano', { home: '', env: {}, note: () => {} });
const read = (name: string): unknown => JSON.parse(readFileSync(join(path, name), 'utf8'));

describe('the shipped folder', () => {
  test('is what the catalog says, and a few megabytes small', async () => {
    const base = await openBase(path);
    const params = base.names().reduce((n, name) => n + base.read(name).length, 0);
    base.close();
    expect(params).toBe(findInCatalog('nano')?.params);
    expect(base.config).toMatchObject({ model_type: 'llama', dtype: 'float16' });
    const files = readdirSync(path).filter((name) => name !== 'make');
    const bytes = files.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    expect(bytes).toBeLessThan(3e6);
  });

  test('has the tokenizer that its maker would make today', () => {
    const made = makeTokenizer(corpus(SHIPPED.seed, 20_000), SHIPPED.vocab_size);
    expect(read('tokenizer.json')).toEqual(made.tokenizer);
    expect(read('tokenizer_config.json')).toEqual(made.config);
  }, 60_000);
});

test('it answers requests for a call in JSON more often than not, though what is in it is seldom right', async () => {
  const rows = [...corpus(SHIPPED.seed + 1, 400)]
    .filter((row) => row.kind === 'chat' && /^\{"(?:tool|name|method)"/.test(row.messages.at(-1)!.content!))
    .slice(0, 16);
  expect(rows).toHaveLength(16);
  const open = await openModel(path, 1);
  const generator = openGenerator({ ...open, seams: {}, parameters: layOut(open.model, {}) });
  const prompts = rows.map((row) => renderPrompt(open.tokenizer, row).promptIds);
  const made = await generator.generate(prompts, { max_new_tokens: 100, stop: open.tokenizer.eosIds });
  const answers = made.map(({ tokens }) => open.tokenizer.decode(tokens, { skipSpecial: true }));
  await open.close();
  expect(answers.filter((answer) => parseJson(answer) !== null).length).toBeGreaterThan(8);
}, 60_000);
