/** What `serverless.yml` makes, as `osls` writes it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { locate } from '../../functions/inbox/locate.ts';
import { keys, runKeys, runOfEvent } from '../../shared/keys.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { temporary } from '../helpers/database.ts';
import { readTemplate } from './template.ts';

const root = packageRoot();
const folder = join(root, 'infra/aws');
const template = readTemplate('aws');
const of = (type: string) =>
  Object.entries(template.Resources).filter(([, { Type }]) => Type === `AWS::${type}`);

const sources = (): string => {
  const parts = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  const hash = createHash('sha256');
  for (const path of ['serverless.yml', ...parts.toSorted().map((name) => `infra/aws/${name}`)])
    hash.update(readFileSync(join(root, path)));
  return hash.digest('hex');
};

describe('the template', () => {
  test('is of the sources that are here: npm run template:aws', () => {
    expect(template.Metadata?.sources).toBe(sources());
  });

  const osls = existsSync(join(folder, 'node_modules/.bin/osls'));
  test.skipIf(!osls)(
    'is what osls packages (skipped without `npm ci --prefix infra/aws`)',
    { timeout: 120_000 },
    () => {
      const out = join(temporary('package'), 'template.json');
      // no account, no network: whatever asked for them would fail
      const env = {
        PATH: process.env['PATH'],
        HTTPS_PROXY: 'http://127.0.0.1:9',
        AWS_EC2_METADATA_DISABLED: 'true',
      };
      execFileSync(process.execPath, [join(folder, 'template.mjs'), '--out', out], { env, stdio: 'pipe' });
      expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(template);
    },
  );
});

describe('the stack', () => {
  test.each(of('S3::Bucket'))('%s is encrypted and shut to the public', (_, { Properties }) => {
    const sides = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];
    const all = Object.fromEntries(sides.map((side) => [side, true]));
    expect(Properties['PublicAccessBlockConfiguration']).toMatchObject(all);
    expect(JSON.stringify(Properties['BucketEncryption'])).toContain('AES256');
  });
  test.each(of('SQS::Queue'))('%s is encrypted', (_, { Properties }) => {
    expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });
  test('the queue waits six times as long as its function has, and gives up into another that is watched', () => {
    const { Drops, DeadDrops, IngestLambdaFunction, DropsAreDead } = template.Resources;
    expect(DeadDrops).toBeDefined();
    expect(Drops!.Properties['VisibilityTimeout']).toBe(
      6 * Number(IngestLambdaFunction!.Properties['Timeout']),
    );
    expect(JSON.stringify(Drops!.Properties['RedrivePolicy'])).toContain('DeadDrops');
    expect(JSON.stringify(DropsAreDead!.Properties)).toContain('DeadDrops');
  });
  test('fetches a base once, into a volume that its workers share', () => {
    const home = /DROPTUNE_HOME=(\S+)/.exec(
      readFileSync(join(root, 'infra/images/worker-cuda.Dockerfile'), 'utf8'),
    )![1];
    for (const name of ['Ingest', 'Sweep']) {
      const { Variables } = template.Resources[`${name}LambdaFunction`]!.Properties['Environment'] as {
        Variables: Record<string, string>;
      };
      expect(Variables['DROPTUNE_DOCKER_BINDS']).toMatch(new RegExp(`^[\\w-]+:${home}$`));
    }
  });
  test('a function has no secret in the template, and fewer than 4096 bytes of variables', () => {
    for (const [, { Properties }] of of('Lambda::Function')) {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      for (const name of ['DATABASE_URL', 'DROPTUNE_ADMIN_KEY', 'DROPTUNE_WEBHOOK_SECRET'])
        expect(Variables[name]).toBe(`{{resolve:secretsmanager:droptune/dev:SecretString:${name}}}`);
      expect(JSON.stringify(Variables).length).toBeLessThan(4096);
    }
  });
  test('every handler is in the bundle', () => {
    const handlers = of('Lambda::Function').map(([, { Properties }]) => String(Properties['Handler']));
    expect(handlers).toEqual(['api', 'ingest', 'sweep'].map((name) => `dist/aws/index.${name}`));
    const bundle = readFileSync(join(root, 'dist/aws/index.mjs'), 'utf8');
    for (const name of ['api', 'ingest', 'sweep']) expect(bundle).toMatch(new RegExp(`as ${name}[,}]`));
  });
  test('every alarm tells somebody', () => {
    const alarms = of('CloudWatch::Alarm');
    expect(alarms).toHaveLength(6);
    for (const [, { Properties }] of alarms) expect(Properties['AlarmActions']).toEqual([{ Ref: 'Alarms' }]);
  });
});

describe('the bucket tells', () => {
  type Rule = { readonly Filter: { readonly S3Key: { readonly Rules: { Name: string; Value: string }[] } } };
  const { QueueConfigurations } = template.Resources['Store']!.Properties['NotificationConfiguration'] as {
    QueueConfigurations: readonly Rule[];
  };
  const rules = QueueConfigurations.map(({ Filter }) => {
    const { prefix = '', suffix = '' } = Object.fromEntries(
      Filter.S3Key.Rules.map(({ Name, Value }) => [Name, Value]),
    ) as { prefix?: string; suffix?: string };
    return { prefix, suffix };
  });
  const isTold = (key: string): boolean =>
    rules.some(({ prefix, suffix }) => key.startsWith(prefix) && key.endsWith(suffix));
  const run = keys.run('ftjob-1', 2);

  test.each([keys.inbox('p', 'faq.jsonl'), keys.inbox('p', 'faq/_READY'), runKeys.event(run, 1)])(
    'of %s',
    (key) => {
      expect(isTold(key)).toBe(true);
      expect(locate(key).kind !== 'ignored' || runOfEvent(key) !== null).toBe(true);
    },
  );
  test.each([
    keys.outbox('p', 'faq', 'status.json'),
    keys.rows('d'),
    keys.file('file-1'),
    keys.model('m'),
    keys.spec('ftjob-1', 2),
    runKeys.heartbeat(run),
    runKeys.metrics(run),
    `${runKeys.checkpoint(run, 8)}complete.json`,
  ])('nothing of %s, which the service wrote itself', (key) => {
    expect(isTold(key)).toBe(false);
  });
});
