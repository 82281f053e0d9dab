/** One file for each cloud's functions, with all that they need and nothing native: `dist/aws/index.mjs` and
 *  `dist/aliyun/index.js`. `node infra/bundle.mjs [--out FOLDER] [--without-storage]`; the second leaves the storage SDKs
 *  out too, to weigh what is ours. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'dist' },
    'without-storage': { type: 'boolean', default: false },
  },
});

/** What `shared/shipped.ts` finds inside. */
const shipped = () => {
  const folder = 'shared/db/migrations';
  const sql = readdirSync(join(root, folder)).filter((name) => name.endsWith('.sql'));
  const paths = [
    'infra/prices.json',
    `${folder}/meta/_journal.json`,
    ...sql.map((name) => `${folder}/${name}`),
  ];
  return JSON.stringify(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
  );
};

const AWS_SDK = ['@aws-sdk', '@smithy'];
const ALI_SDK = ['ali-oss', '@alicloud/credentials'];

/** What packages ask for at their top, and never use on our ways through them: the launcher's SDK uploads code by
 *  ali-oss and axios, opens shells by ws, and has itself once more for Node 6. */
const UNUSED = ['axios', 'ws', 'proxy-agent', './es5/client.js'];

/** The tables of forty Asian encodings, half a megabyte; Node has them. */
const ICONV = `exports.decode = (bytes, charset) => new TextDecoder(charset).decode(bytes);`;

const named = (names) => new RegExp(`^(?:${names.join('|')})(?:/|$)`);

const replaced = (packages) => ({
  name: 'replaced',
  setup(esbuild) {
    const put = (filter, contents) => {
      const namespace = String(filter);
      esbuild.onResolve({ filter }, ({ path }) => ({ path, namespace }));
      esbuild.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
    };
    put(named(packages), 'module.exports = {};');
    put(/^iconv-lite$/, ICONV);
  },
});

/** Runtimes load `index`: Lambda's as an ES module, Function Compute's with `require`. */
const CLOUDS = [
  {
    entry: 'aws',
    file: 'index.mjs',
    format: 'esm',
    without: ALI_SDK,
    storage: AWS_SDK,
    // packages in CommonJS ask for Node's modules with require
    banner: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);`,
  },
  {
    entry: 'aliyun',
    file: 'index.js',
    format: 'cjs',
    without: AWS_SDK,
    storage: ALI_SDK,
    banner: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;`,
  },
];

/** `z` as a namespace, so that what nobody calls of zod falls away: JSON Schema, the compiler, forty languages. */
const leanZod = {
  name: 'lean-zod',
  setup: (esbuild) =>
    void esbuild.onLoad({ filter: /(?:functions|shared)\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /^import \{( \w+,)? z \} from 'zod';$/m,
        (_, other) => `import * as z from 'zod';${other ? ` import {${other} } from 'zod';` : ''}`,
      ),
      loader: 'ts',
    })),
};

/** A style sheet waits for its hash, which CommonJS cannot do at the top of a file: it is made here, once for all. */
const readySheets = {
  name: 'ready-sheets',
  setup: (esbuild) =>
    void esbuild.onLoad({ filter: /(?:report|preview)\/style\.ts$/ }, async ({ path }) => {
      const { outputFiles } = await build({ entryPoints: [path], bundle: true, write: false, format: 'esm' });
      const { SHEET } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
      return { contents: `export const SHEET = ${JSON.stringify(SHEET)};` };
    }),
};

/** What is known of the world's telephone numbers, which only a check of a dataset needs: 150 KB of text, 50 as this. */
const packedPhones = {
  name: 'packed-phones',
  setup: (esbuild) =>
    void esbuild.onLoad({ filter: /libphonenumber-js\/metadata\.max\.json\.js$/ }, async ({ path }) => {
      const { default: metadata } = await import(path);
      const packed = brotliCompressSync(JSON.stringify(metadata)).toString('base64');
      return {
        contents: `import { brotliDecompressSync } from 'node:zlib';
          export default JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')));`,
      };
    }),
};

for (const { entry, file, format, without, storage, banner } of CLOUDS) {
  const folder = resolve(root, values.out, entry);
  await build({
    absWorkingDir: root,
    entryPoints: [`functions/entries/${entry}.ts`],
    outfile: join(folder, file),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: {
      DROPTUNE_SHIPPED: shipped(),
      ...(format === 'cjs' ? { 'import.meta.url': 'importMetaUrl' } : {}),
    },
    banner: { js: banner },
    alias: { yaml: './node_modules/yaml/browser/index.js' }, // the same in ES modules: what is not used falls away
    plugins: [
      replaced([...without, ...UNUSED, ...(values['without-storage'] ? storage : [])]),
      readySheets,
      leanZod,
      packedPhones,
    ],
  });
  // the repository's own package.json says that .js is an ES module
  if (format === 'cjs') writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}\n');
}
