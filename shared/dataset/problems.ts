/** What can be wrong with a file or with one row's form. What a *check* finds has its row in the check's own file.
 *
 *  What becomes of a row, said once:
 *  `quarantined`  has an error: it cannot be read, has no known shape, or breaks a rule that chat models rely on;
 *  `dropped`      is well formed and still of no use by a rule: nothing to learn from, too long, in the test as well;
 *  `duplicate`    says exactly what an earlier row says;
 *  null           stays (the problem is a warning or a remark), or it is not about one row. */
import type { Problem } from '../contracts/dataset.ts';
import type { Fate } from '../contracts/row.ts';

export type Kind = {
  readonly severity: Problem['severity'];
  readonly fate: Exclude<Fate, 'train' | 'held_out'> | null;
  /** one such problem refuses the whole dataset */
  readonly rejects: boolean;
  readonly message: string;
  readonly fix: string;
  /** whether `check --fix` mends it */
  readonly fixable: boolean;
};

const file = (message: string, fix: string) =>
  ({ severity: 'error', fate: null, rejects: true, message, fix, fixable: false }) as const;
const row = (message: string, fix: string) =>
  ({ severity: 'error', fate: 'quarantined', rejects: false, message, fix, fixable: false }) as const;
/** Such a row can be read as it was meant. */
const mendable = (message: string, fix: string) => ({ ...row(message, fix), fixable: true }) as const;

export const PROBLEMS = {
  empty_file: file('The file is empty', 'Upload the file again: no row arrived'),
  not_text: file(
    'The file is neither text in UTF-8, UTF-16 or GB18030 nor packed in a way that is read',
    'Save it as UTF-8; pack archives again as .zip, save old spreadsheets as .xlsx or CSV',
  ),
  archive_broken: file(
    'The packed file is cut, damaged or encrypted',
    'Pack it again without a password and compare the sizes after the upload',
  ),
  archive_bomb: file(
    'The packed file would unpack to far more than it can honestly hold',
    'Upload the rows themselves, as JSON Lines',
  ),
  archive_path: file(
    'The archive has a member that would leave its folder',
    'Pack it again with plain relative names and without links',
  ),
  archive_nested: file(
    'Something packed lies inside something packed',
    'Pack the files of rows once: one .zip of them, or one .gz or .zst of one file',
  ),
  unreadable_xlsx: file(
    'The workbook cannot be read',
    'Save it again as .xlsx with one header row whose names differ, or export it as CSV',
  ),
  unreadable_parquet: file(
    'The Parquet file cannot be read',
    'Write it again with snappy, gzip, zstd or LZ4, or as JSON Lines',
  ),
  too_many_columns: file('The table has too many columns', 'Leave the columns out that nobody learns from'),
  line_too_long: file('A line is too long for one row', 'Write one row per line'),
  too_large: file(
    'There is more than one dataset may have',
    'Leave rows out: JSON Lines may have 8 GB and ten million rows, any other file 512 MB',
  ),
  unknown_container: file(
    'The file is neither JSON Lines, nor JSON, nor CSV',
    'Write one JSON object per line, e.g. {"prompt": "…", "completion": "…"}; call it .txt or .md if it is text to learn from',
  ),
  unreadable_json: file(
    'The JSON is broken beyond a single row',
    'Mend the JSON at the line and column shown: brackets must pair up and nothing may follow the end',
  ),
  unreadable_csv: file(
    'The CSV is broken beyond a single row',
    'Close every quoted cell, double the quotes inside it, and give each column its own name',
  ),
  invalid_json: row('Not valid JSON', 'Mend the JSON at the line and column shown'),
  invalid_csv: row(
    'The row has another number of cells than the header',
    'Quote cells that hold delimiters, and give every column a name',
  ),
  row_too_large: row('The row has more than 8 million characters', 'Split it into rows that can stand alone'),
  nan_value: mendable(
    'NaN or Infinity stands in the row: JSON has no such value (Python writes it unasked)',
    'Write null; in Python: json.dumps(row, allow_nan=False) finds them',
  ),
  python_literal: mendable(
    'The row is a Python dictionary, not JSON: single quotes, True, False or None',
    'Write it by json.dumps(row), not by str(row)',
  ),
  trailing_comma: mendable('A comma stands before a closing bracket or behind the row', 'Remove the comma'),
  json_comment: mendable('A comment stands in the row: JSON has none', 'Remove the comment'),
  duplicate_keys: {
    severity: 'warning',
    fate: null,
    rejects: false,
    message: 'An object has the same key twice: the last value is used, the others are lost',
    fix: 'Keep one of them',
    fixable: true,
  },
  too_deep: row('Nested deeper than 200 levels', 'Flatten the row'),
  not_object: row(
    'The row is not an object',
    'Write each row as an object, e.g. {"prompt": "…", "completion": "…"}',
  ),
  unknown_shape: row('The keys belong to no known shape', 'Rename the keys, or name them in data.columns'),
  unsupported_shape: row(
    'The shape is known and cannot be trained on',
    'Give prompt and answer only, as chat messages or as prompt and completion',
  ),
  ambiguous_columns: row(
    'Several keys could be the same column',
    'Keep one of them, or say which in data.columns, e.g. { completion: response }',
  ),
  missing_column: row(
    'A column that data.shape or data.columns names is missing',
    'Add it, or change the recipe',
  ),
  wrong_type: row(
    'A value is not of the type due there',
    'Give text where text is due, a list where a list is due',
  ),
  number_as_text: mendable(
    'A number, true or false stands where text is due',
    'Put it into quotes: "3", not 3',
  ),
  empty_messages: row(
    'The conversation has no messages',
    'Remove the row, or give it a question and an answer',
  ),
  unknown_role: row('The role is unknown', 'Use system, user, assistant or tool (ShareGPT: human, gpt, …)'),
  role_alias: mendable(
    'The role has another name than tools read',
    'Use system, user, assistant or tool, in lower case (ShareGPT: human, gpt, …)',
  ),
  bad_weight: row('The weight is not a number from 0 to 1', 'Use 0 (do not learn) or 1 (learn)'),
  bad_label: row('The label is neither true nor false', 'Use true for a good answer, false for a bad one'),
  prompts_differ: row(
    'The chosen and the rejected answer belong to different prompts',
    'Give both the same messages up to the answer, or the prompt once, under prompt',
  ),
  image: row('Images, audio and video cannot be trained on', 'Remove the media, or the row'),
  tools_not_json: row(
    'The tools are not a JSON list of objects',
    'Write the tools as a JSON list of functions',
  ),
  call_not_json: row(
    'A function call is not JSON of the form {"name": …, "arguments": …}',
    'Write the call as JSON text with name and arguments',
  ),
  ignored_file: {
    severity: 'info',
    fate: null,
    rejects: false,
    message: 'Files that were not read',
    fix: 'Nothing to do, unless they hold rows: then call them train or valid, or leave such names out altogether',
    fixable: false,
  },
  personal_data: row(
    'The row holds personal data or secrets that the recipe rejects',
    'Remove them, or let data.privacy.mode redact or pseudonymise them',
  ),
  unused_keys: {
    severity: 'info',
    fate: null,
    rejects: false,
    message: 'Keys that training does not read',
    fix: 'Nothing to do, unless one of them was meant to be learned from: then name it in data.columns',
    fixable: false,
  },
} as const satisfies Record<string, Kind>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Something wrong in the form of a row. */
export type Defect = {
  readonly code: ProblemCode;
  /** JSON pointer into the row as it came */
  readonly pointer: string;
  readonly excerpt: string;
  /** line of the defect where it is not the row's first */
  readonly line?: number;
  /** a better fix than the table's, where more is known */
  readonly fix?: string;
};
