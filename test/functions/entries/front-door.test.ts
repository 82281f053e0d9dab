/** Folders of rows, as `check` and `train` take them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checkFiles } from '../../../functions/entries/cli/front-door.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import { faq } from '../../helpers/control-plane.ts';
import { temporary } from '../../helpers/database.ts';
import { linesOf } from '../../shared/dataset/drop.ts';

const folderOf = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const folder = temporary('rows');
  for (const [name, body] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), body);
  }
  return folder;
};
const check = (path: string) => checkFiles([{ path, role: 'train' }], Recipe.parse({}));

test('a folder is read by the names in it, and what is left out is said', async () => {
  const folder = folderOf({
    'data/train-0.jsonl': faq(20, 'tea'),
    'data/train-1.jsonl.gz': gzipSync(faq(20, 'milk')),
    'data/validation.jsonl': faq(5, 'coffee'),
    'more.csv': 'a,b\n',
    'README.md': '# Read me',
    '.cache/train.jsonl': faq(),
  });
  const report = await check(folder);
  expect(report).toMatchObject({ status: 'ready', rows: { in: 45, train: 40, held_out: 5 } });
  expect(report.files.map(({ file }) => file.split('/').slice(1).join('/'))).toEqual([
    'data/train-0.jsonl',
    'data/train-1.jsonl.gz',
    'data/validation.jsonl',
  ]);
  expect(linesOf(report)).toMatchObject({ ignored_file: [null] });
  expect(report.problems.find(({ code }) => code === 'ignored_file')!.places[0]!.excerpt).toBe(
    'README.md, more.csv',
  );
});

test('a folder of prose is text', async () => {
  const report = await check(folderOf({ 'a.md': '# A\n\nOne.\n', 'b.txt': 'Two.\n\nThree.\n' }));
  expect(report).toMatchObject({ shape: 'text', rows: { in: 4 } });
});

test.each([{}, { 'picture.png': 'x' }])('a folder without rows is refused: %j', async (files) => {
  await expect(check(folderOf(files))).rejects.toMatchObject({ code: 'invalid_request' });
});
