/** The repository as others meet it: its top level, its documents, and what must not be in it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Env } from '../shared/contracts/env.ts';
import { ErrorCode } from '../shared/contracts/error.ts';
import { ERRORS } from '../shared/errors.ts';

const ROOT = new URL('..', import.meta.url).pathname;
const TOP_LEVEL =
  'package.json functions gpu-worker infra shared test serverless.yml README.md LICENSE README.zh-CN.md package-lock.json tsconfig.json'.split(
    ' ',
  );
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const ignored = new Set(
  read('.gitignore')
    .split('\n')
    .map((line) => line.replace(/\/$/, '')),
);
const list = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter(({ name }) => name !== '.git' && !ignored.has(name) && !ignored.has(`*${extname(name)}`))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? list(path) : [path];
    });

const files = list('');
const ending = (...suffixes: string[]): string[] => files.filter((file) => suffixes.includes(extname(file)));
const documents = ending('.md').map((path) => ({ path, text: read(path) }));

/** The n-th group of every match. */
const all = (text: string, pattern: RegExp, n = 1): string[] =>
  Array.from(text.matchAll(pattern), (match) => match[n]!);

describe('the top level', () => {
  test('holds what the architecture names and nothing else', () => {
    const names = new Set(files.map((file) => file.split('/')[0]!));
    expect([...names].filter((name) => !name.startsWith('.')).toSorted()).toEqual(TOP_LEVEL.toSorted());
  });

  test('has a serverless.yml that names only handlers that exist', () => {
    const { functions = {} } = parse(read('serverless.yml'), { logLevel: 'error' }) as {
      functions?: Record<string, { handler: string }>;
    };
    // `dist/aws/index.api` is `api` of functions/entries/aws.ts, in one file with all that it needs
    const missing = Object.values(functions)
      .map(({ handler }) => /^dist\/(\w+)\/index\.(\w+)$/.exec(handler) ?? [handler, '', ''])
      .filter(([, entry = '', name = '']) => {
        const source = `functions/entries/${entry}.ts`;
        return !files.includes(source) || !read(source).includes(`export const ${name} =`);
      });
    expect(missing).toEqual([]);
  });
});

describe('the sources', () => {
  test('stay within 250 lines a file', () => {
    const long = ending('.ts', '.mjs', '.py', '.sh').filter(
      (file) => read(file).split('\n').length - 1 > 250,
    );
    expect(long).toEqual([]);
  });

  test('name errors that the contracts accept', () => {
    const codes = Object.keys(ERRORS);
    expect(codes.filter((code) => !ErrorCode.safeParse(code).success)).toEqual([]);
    expect(codes).toEqual([...new Set(codes.map((code) => code.toLowerCase()))]);
  });

  test('and every other file name no machine and no registry', () => {
    const machine = String.raw`(?<![\w.])/(?:work|root|home|Users|farm|tmp/lab)/`;
    const registry = String.raw`registry\s*=|index-url|"resolved": "http`;
    const pattern = new RegExp(`${machine}|${registry}`);
    const own = 'test/repository.test.ts';
    const text = files.filter((file) => file !== own && !/^(test\/fixtures|infra\/local\/demo)\//.test(file));
    expect(text.filter((file) => pattern.test(read(file)))).toEqual([]);
    expect('see /home/me/model, registry=https://npm.example').toMatch(pattern);
  });
});

/** What two translations of one page share. */
const shape = (path: string) => ({
  headings: all(read(path), /^(#+) /gm).join(' '),
  rows: all(read(path), /^(\|)/gm).length,
  code: all(read(path), /^```\w*\n([\s\S]*?)^```/gm).flatMap((block) =>
    all(block, /^((?:npm|droptune|curl) .*?)(?: +#.*)?$/gm),
  ),
});

describe('the documents', () => {
  const scripts = new Set(Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts));

  test.each(['README.md', 'README.zh-CN.md'])('%s shows how to see it work and how to test it', (path) => {
    expect(read(path)).toContain('npm ci && npm run demo');
    expect(read(path)).toContain('npm test');
  });

  test('name only scripts that exist', () => {
    const named = documents.flatMap(({ path, text }) =>
      all(text, /npm run ([\w:-]+)/g).map((script) => ({ path, script })),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ script }) => !scripts.has(script))).toEqual([]);
  });

  test('link to files that exist', () => {
    const links = documents.flatMap(({ path, text }) =>
      all(text, /\]\(([^)\s]+)\)/g)
        .filter((link) => !/^(https?:|mailto:|#)/.test(link))
        .map((link) => ({ path, link, file: join(dirname(path), link.replace(/#.*$/, '')) })),
    );
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter(({ file }) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test.each(['README.md', 'README.zh-CN.md'])('%s names every variable and every command', (path) => {
    const cells = all(read(path), /^\| ((?:\\\||[^|])*) \|/gm).join(' ');
    expect(all(cells, /`([A-Z][A-Z_]+)`/g).toSorted()).toEqual(Object.keys(Env.shape).toSorted());
    const help = execFileSync(process.execPath, [join(ROOT, 'dist/functions/entries/cli.js'), '--help'], {
      encoding: 'utf8',
    });
    expect(all(cells, /`droptune (\w+)/g).toSorted()).toEqual(all(help, /^  (\w+) {2,}/gm).toSorted());
  });

  test('have the same headings, tables and commands in both languages', () => {
    expect(shape('README.zh-CN.md')).toEqual(shape('README.md'));
  });
});
