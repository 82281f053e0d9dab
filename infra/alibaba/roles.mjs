/** Who may do what. `test/infra/policies.test.ts` knows the code behind every action, and fails on one that has none. */
import { Fn } from '@alicloud/ros-cdk-core';
import * as ram from '@alicloud/ros-cdk-ram';

export const NAME = 'droptune';

const functionsArn = (name) => Fn.sub('acs:fc:${ALIYUN::Region}:${ALIYUN::TenantId}:functions/' + name);
const keysArn = (pattern) => Fn.sub('acs:oss:*:${ALIYUN::TenantId}:${BucketName}/' + pattern);
const BUCKET = Fn.sub('acs:oss:*:${ALIYUN::TenantId}:${BucketName}');
const WRITES = ['oss:PutObject', 'oss:AbortMultipartUpload'];
/** without it, an object that is not there is answered as one that is forbidden */
const LIST = { action: ['oss:ListObjects'], resource: [BUCKET] };
const READ = { action: ['oss:GetObject'], resource: [keysArn('*')] };

/** Network, log and image are Function Compute's own business (AliyunServiceRoleForFC): roles hold what the code calls. */
export const ROLES = {
  Api: {
    service: 'fc.aliyuncs.com',
    statements: [
      LIST,
      READ,
      // a folder that waits for more says so in its outbox
      { action: WRITES, resource: ['inbox/*', 'files/*', 'outbox/*/status.json'].map(keysArn) },
      {
        action: ['oss:DeleteObject'],
        resource: ['inbox/*', 'files/*', 'models/*', 'runs/*/adapter/*'].map(keysArn),
      },
    ],
  },
  Work: {
    service: 'fc.aliyuncs.com',
    statements: [
      LIST,
      READ,
      {
        action: WRITES,
        resource: ['datasets/*', 'runs/*/spec.json', 'runs/*/control.json', 'models/*', 'outbox/*'].map(
          keysArn,
        ),
      },
      {
        action: [
          'fc:InvokeFunction',
          'fc:GetFunction',
          'fc:GetFunctionAsyncInvokeConfig',
          'fc:GetAsyncTask',
          'fc:StopAsyncTask',
        ],
        resource: [functionsArn(`${NAME}-worker`), functionsArn(`${NAME}-worker/*`)],
      },
    ],
  },
  Worker: {
    service: 'fc.aliyuncs.com',
    statements: [
      LIST,
      { action: ['oss:GetObject'], resource: ['runs/*', 'datasets/*'].map(keysArn) },
      { action: [...WRITES, 'oss:DeleteObject'], resource: [keysArn('runs/*')] },
    ],
  },
  /** of the bucket, when it tells of an object */
  Notifier: {
    service: 'oss.aliyuncs.com',
    statements: [
      {
        action: ['fc:InvokeFunction'],
        resource: [functionsArn(`${NAME}-ingest`), functionsArn(`${NAME}-ingest/*`)],
      },
    ],
  },
};

export const roleOf = (stack, [name, { service, statements }]) =>
  new ram.Role(stack, `${name}Role`, {
    roleName: `${NAME}-${name.toLowerCase()}`,
    assumeRolePolicyDocument: {
      version: '1',
      statement: [{ effect: 'Allow', action: 'sts:AssumeRole', principal: { service: [service] } }],
    },
    policies: [
      {
        policyName: `${NAME}-${name.toLowerCase()}`,
        policyDocument: {
          version: '1',
          statement: statements.map((statement) => ({ effect: 'Allow', ...statement })),
        },
      },
    ],
  });
