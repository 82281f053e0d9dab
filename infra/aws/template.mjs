/** The CloudFormation of serverless.yml as a file, so that it can be read and tested without what makes it:
 *  `npm ci --prefix infra/aws && node infra/aws/template.mjs [--out FILE]`. Needs neither an account nor the network. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = new URL('../..', import.meta.url).pathname;
const { values } = parseArgs({ options: { out: { type: 'string', default: 'infra/aws/template.json' } } });

/** Tells a template that is older than what it is made of. */
const digest = () => {
  const parts = readdirSync(join(root, 'infra/aws')).filter((name) => name.endsWith('.yml'));
  const hash = createHash('sha256');
  for (const path of ['serverless.yml', ...parts.toSorted().map((name) => `infra/aws/${name}`)])
    hash.update(readFileSync(join(root, path)));
  return hash.digest('hex');
};

/** The same for the same sources: no time, and no digest of the code. */
const settled = (text) =>
  text
    .replaceAll(/serverless\/droptune\/dev\/[^"/]+\//g, 'serverless/droptune/dev/')
    .replaceAll(/(LambdaVersion)[0-9A-Za-z]{20,}/g, '$1')
    .replaceAll(/"CodeSha256": "[^"]*"/g, '"CodeSha256": ""');

const folder = mkdtempSync(join(tmpdir(), 'droptune-package-'));
try {
  const osls = join(root, 'infra/aws/node_modules/.bin/osls');
  execFileSync(osls, ['package', '--package', folder], { cwd: root, stdio: ['ignore', 2, 2] });
  const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  const template = { Metadata: { sources: digest() }, ...JSON.parse(settled(text)) };
  writeFileSync(resolve(root, values.out), `${JSON.stringify(template, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
