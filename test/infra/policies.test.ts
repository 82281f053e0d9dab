/** Nobody may do more than code does: every action that the templates grant has somebody who needs it, and the drivers'
 *  calls have all of theirs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../shared/package-root.ts';
import { ALIBABA_ACTIONS, AWS_ACTIONS, type ByCode, DRIVER_CALLS, type Need } from './actions.ts';
import { type Grant, grantsOf, readTemplate, type Template } from './template.ts';

const root = packageRoot();
const source = (path: string): string => readFileSync(join(root, path), 'utf8');

const whyNot = (need: Need | undefined, template: Template): string | null => {
  if (!need) return 'nobody needs it';
  if ('resource' in need)
    return Object.values(template.Resources).some(({ Type }) => Type === need.resource)
      ? null
      : `there is no ${need.resource} for it`;
  const missing = need.calls.filter((call) => !source(need.file).includes(call));
  return missing.length > 0 ? `${need.file} does not call ${missing.join(', ')}` : null;
};

const problems = (grants: readonly Grant[], actions: Readonly<Record<string, Need>>, template: Template) =>
  grants.flatMap(({ role, action }) => {
    const why = whyNot(actions[action], template);
    return why === null ? [] : [`${role}: ${action}: ${why}`];
  });

const API = ['inbox/*', 'files/*', 'outbox/*/status.json'];
const WORK = ['datasets/*', 'runs/*/spec.json', 'runs/*/control.json', 'models/*', 'outbox/*'];
const WORKER = ['runs/*'];
const CLOUDS = [
  {
    cloud: 'aws',
    actions: AWS_ACTIONS,
    writes: {
      'ApiRole s3:PutObject': API,
      'ApiRole s3:AbortMultipartUpload': API,
      'ApiRole s3:DeleteObject': ['inbox/*', 'files/*', 'models/*', 'runs/*/adapter/*'],
      'WorkRole s3:PutObject': WORK,
      'WorkRole s3:AbortMultipartUpload': WORK,
      'WorkerRole s3:PutObject': WORKER,
      'WorkerRole s3:AbortMultipartUpload': WORKER,
      'WorkerRole s3:DeleteObject': WORKER,
    },
  },
  {
    cloud: 'alibaba',
    actions: ALIBABA_ACTIONS,
    writes: {
      'ApiRole oss:PutObject': API,
      'ApiRole oss:AbortMultipartUpload': API,
      'ApiRole oss:DeleteObject': ['inbox/*', 'files/*', 'models/*', 'runs/*/adapter/*'],
      'WorkRole oss:PutObject': WORK,
      'WorkRole oss:AbortMultipartUpload': WORK,
      'WorkerRole oss:PutObject': WORKER,
      'WorkerRole oss:AbortMultipartUpload': WORKER,
      'WorkerRole oss:DeleteObject': WORKER,
    },
  },
] as const;

describe.each(CLOUDS)('the policies on $cloud', ({ cloud, actions, writes }) => {
  const template = readTemplate(cloud);
  const grants = grantsOf(template);

  test('grant nothing that nobody needs', () => {
    expect(problems(grants, actions, template)).toEqual([]);
  });
  test('grant everything that the table names', () => {
    const granted = new Set(grants.map(({ action }) => action));
    expect(Object.keys(actions).filter((action) => !granted.has(action))).toEqual([]);
  });
  test('let each role write only where it has something to write', () => {
    const places = grants
      .filter(({ action }) => /:(Put|Delete|Abort)\w*(Object|Upload)/.test(action))
      .map(({ role, action, resources }) => [
        `${role} ${action}`,
        resources.map((name) => name.replace(/^.*?\//, '')),
      ]);
    expect(Object.fromEntries(places)).toEqual(writes);
  });
});

const grant = (action: string): Grant => ({ role: 'R', action, resources: ['*'] });

test('an action that no code uses is found', () => {
  const template: Template = { Resources: {} };
  const gone: ByCode = { file: 'shared/storage/s3.ts', calls: ['sdk.DeleteBucketCommand('] };
  expect(
    problems(
      [grant('s3:*'), grant('s3:DeleteBucket'), grant('sqs:SendMessage')],
      { ...AWS_ACTIONS, 's3:DeleteBucket': gone },
      template,
    ),
  ).toEqual([
    'R: s3:*: nobody needs it',
    'R: s3:DeleteBucket: shared/storage/s3.ts does not call sdk.DeleteBucketCommand(',
    'R: sqs:SendMessage: there is no AWS::S3::Bucket for it',
  ]);
});

test.each(DRIVER_CALLS)('every call of $file has an action that allows it', ({ file, call }) => {
  const known = new Set(
    Object.values({ ...AWS_ACTIONS, ...ALIBABA_ACTIONS }).flatMap((need) =>
      'file' in need && need.file === file ? need.calls : [],
    ),
  );
  const made = new Set(source(file).match(call));
  expect(made.size).toBeGreaterThan(3);
  expect([...made].filter((name) => !known.has(name))).toEqual([]);
});
