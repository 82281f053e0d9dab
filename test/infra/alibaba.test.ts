/** What the stack on Alibaba Cloud makes, as the CDK writes it, and that `s.yaml` says the same. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fixesFor } from '../../functions/launchers/fc-settings.ts';
import { keys, runKeys } from '../../shared/keys.ts';
import { packageRoot } from '../../shared/package-root.ts';
import { temporary } from '../helpers/database.ts';
import { readTemplate, type Template } from './template.ts';

const root = packageRoot();
const template = readTemplate('alibaba') as Template & { Parameters: Record<string, { NoEcho?: boolean }> };
const properties = (name: string): Record<string, unknown> => template.Resources[name]!.Properties;

test('the template is what the stack writes, without account or network', () => {
  const out = join(temporary('synth'), 'template.json');
  execFileSync(process.execPath, [join(root, 'infra/alibaba/stack.mjs'), '--out', out]);
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(template);
});

describe('the stack', () => {
  test('shuts and encrypts the bucket, and keeps it', () => {
    expect(template.Resources['Store']).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        AccessControl: 'private',
        BlockPublicAccess: true,
        ServerSideEncryptionConfiguration: { SSEAlgorithm: 'AES256' },
      },
    });
  });
  test('shows no secret', () => {
    const shown = Object.entries(template.Parameters).filter(([, { NoEcho }]) => !NoEcho);
    expect(shown.map(([name]) => name).filter((name) => /Url|Key|Secret/.test(name))).toEqual([]);
  });
  test('has a worker that the launcher accepts', () => {
    const { Runtime, Timeout, InstanceConcurrency } = properties('Worker');
    const { AsyncTask, MaxAsyncRetryAttempts } = properties('WorkerTasks');
    const card = 'fc.gpu.tesla.1';
    const settings = {
      runtime: String(Runtime),
      timeout: Number(Timeout),
      instanceConcurrency: Number(InstanceConcurrency),
      gpuConfig: { gpuType: card },
    };
    const config = { asyncTask: AsyncTask === true, maxAsyncRetryAttempts: Number(MaxAsyncRetryAttempts) };
    expect(fixesFor(settings, config, card)).toEqual([]);
    expect(properties('Api')['EnvironmentVariables']).toMatchObject({
      DROPTUNE_FC_FUNCTION: properties('Worker')['FunctionName'],
      DROPTUNE_FC_INSTANCE_TYPE: (properties('Worker')['GpuConfig'] as { GpuType: unknown }).GpuType,
    });
  });
  test('every handler is in the bundle', () => {
    const bundle = readFileSync(join(root, 'dist/aliyun/index.js'), 'utf8');
    for (const name of ['Api', 'Ingest', 'Sweep'])
      expect(bundle).toContain(`${String(properties(name)['Handler']).replace('index.', '')}:()=>`);
  });

  type Config = { events: string[]; filter: { key: { prefix: string; suffix: string } } };
  const rules = ['Drops', 'Reports'].map((name) => properties(name)['TriggerConfig'] as Config);
  const isTold = (key: string): boolean =>
    rules.some(({ filter: { key: at } }) => key.startsWith(at.prefix) && key.endsWith(at.suffix));
  const run = keys.run('ftjob-1', 2);
  test('hears of drops and reports, never of what the service writes itself, nor of parts of uploads', () => {
    expect([keys.inbox('p', 'faq.jsonl'), runKeys.event(run, 1)].map(isTold)).toEqual([true, true]);
    const own = [
      keys.outbox('p', 'f', 'status.json'),
      keys.rows('d'),
      keys.model('m'),
      keys.spec('ftjob-1', 2),
    ];
    expect([...own, runKeys.heartbeat(run), runKeys.metrics(run)].filter(isTold)).toEqual([]);
    const events = rules.flatMap((rule) => rule.events);
    expect(events.filter((event) => /\*|Part|Initiate/.test(event))).toEqual([]);
  });
});

const pascal = (name: string): string => name[0]!.toUpperCase() + name.slice(1);
const names = (value: unknown): string[] => Object.keys(value as object).toSorted();
/** `{ httpGetUrl }` → `{ HttpGetUrl }`, at every depth. */
const asInStack = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).map(([key, part]) => [pascal(key), asInStack(part)]));

describe('s.yaml', () => {
  const { resources } = parse(readFileSync(join(root, 'infra/alibaba/s.yaml'), 'utf8'), { merge: true }) as {
    resources: Record<string, { props: Record<string, unknown> }>;
  };
  const SAME = [
    'functionName',
    'handler',
    'runtime',
    'timeout',
    'memorySize',
    'cpu',
    'diskSize',
    'internetAccess',
  ];

  test.each(['api', 'ingest', 'sweep', 'worker'])('has %s as the stack has it', (name) => {
    const { props } = resources[name]!;
    const stack = properties(pascal(name));
    for (const key of SAME) expect([key, props[key]]).toEqual([key, stack[pascal(key)]]);
    expect(names(props['environmentVariables'])).toEqual(names(stack['EnvironmentVariables']));
    for (const key of ['instanceConcurrency', 'instanceLifecycleConfig'])
      expect([key, asInStack(props[key])]).toEqual([key, stack[pascal(key)]]);
  });
  test('has the container as the stack has it, but for its image', () => {
    const { image, ...own } = resources['worker']!.props['customContainerConfig'] as Record<string, unknown>;
    const { Image, ...made } = properties('Worker')['CustomContainerConfig'] as Record<string, unknown>;
    expect([image, Image].every((one) => one !== undefined)).toBe(true);
    expect(asInStack(own)).toEqual(made);
  });
  test.each([
    ['worker', 'WorkerTasks'],
    ['ingest', 'IngestRetries'],
  ])('invokes %s as the stack does', (name, config) => {
    const { FunctionName, ...made } = properties(config);
    expect(FunctionName).toEqual({ 'Fn::GetAtt': [pascal(name), 'FunctionName'] });
    expect(asInStack(resources[name]!.props['asyncInvokeConfig'])).toEqual(made);
  });
  test('has its triggers too', () => {
    type Trigger = { triggerName: string; triggerType: string; triggerConfig: unknown };
    const triggers = Object.values(resources).flatMap(({ props }) => (props['triggers'] ?? []) as Trigger[]);
    const made = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'ALIYUN::FC3::Trigger')
      .map(({ Properties: p }) => [p['TriggerName'], p['TriggerType'], p['TriggerConfig']]);
    const own = triggers.map(({ triggerName, triggerType, triggerConfig }) => [
      triggerName,
      triggerType,
      triggerConfig,
    ]);
    expect(own.toSorted()).toEqual(made.toSorted());
  });
});
