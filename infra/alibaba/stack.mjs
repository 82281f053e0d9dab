/** The service on Alibaba Cloud, as a stack of Resource Orchestration Service: `node infra/alibaba/stack.mjs [--out FILE]`
 *  writes the template, with neither account nor network. infra/alibaba/README.md goes on from there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { App, Fn, RosOutput, RosParameter, Stack } from '@alicloud/ros-cdk-core';
import * as fc3 from '@alicloud/ros-cdk-fc3';
import * as oss from '@alicloud/ros-cdk-oss';
import * as sls from '@alicloud/ros-cdk-sls';
import { NAME, roleOf, ROLES } from './roles.mjs';

const { values } = parseArgs({
  options: { out: { type: 'string', default: new URL('template.json', import.meta.url).pathname } },
});

/** Asked for when the stack is made. What is `secret` is shown nowhere. */
const PARAMETERS = {
  BucketName: { description: 'the bucket that is made; names are unique in all of OSS' },
  CodeBucket: { description: 'a bucket of the region that the code was uploaded to' },
  CodeObject: { description: 'the zip of dist/aliyun', default: 'droptune.zip' },
  WorkerImage: { description: 'the image worker-cuda or worker-cpu in a registry of the region' },
  GpuType: { description: "the worker's card", default: 'fc.gpu.tesla.1' },
  GpuMemory: { description: 'of that card, in MB', type: 'Number', default: 16384 },
  VpcId: { description: 'the network of the database' },
  VSwitchId: { description: 'a switch of it' },
  SecurityGroupId: { description: 'lets the functions reach the database' },
  DatabaseUrl: { description: 'postgres://user:password@host:5432/name', secret: true },
  AdminKey: { description: 'a long random text, the bearer key of the API', secret: true },
  WebhookSecret: { description: 'whsec_ and the base64 of 24 to 64 bytes', secret: true },
};

const parametersOf = (stack) =>
  Object.fromEntries(
    Object.entries(PARAMETERS).map(([name, { secret = false, type = 'String', description, ...rest }]) => [
      name,
      new RosParameter(stack, name, { type, noEcho: secret, description, ...rest }),
    ]),
  );

const logOf = (stack) => {
  const project = new sls.Project(stack, 'LogProject', {
    name: Fn.sub(`${NAME}-\${ALIYUN::TenantId}-\${ALIYUN::Region}`),
    description: 'what the functions and workers of Droptune say',
  });
  const store = new sls.Logstore(stack, 'LogStore', {
    projectName: project.attrName,
    logstoreName: 'functions',
    ttl: 30,
    shardCount: 1,
  });
  new sls.Index(stack, 'LogIndex', {
    projectName: project.attrName,
    logstoreName: store.attrLogstoreName,
    fullTextIndex: { enable: true, caseSensitive: false },
  });
  return { project: project.attrName, logstore: store.attrLogstoreName, enableRequestMetrics: true };
};

/** How long each has, in seconds; both clouds alike but for what their gateways allow. */
const FUNCTIONS = {
  Api: { handler: 'index.api', role: 'Api', timeout: 60, cpu: 0.5, memorySize: 1024 },
  Ingest: { handler: 'index.ingest', role: 'Work', timeout: 900, cpu: 1, memorySize: 2048 },
  Sweep: { handler: 'index.sweep', role: 'Work', timeout: 900, cpu: 1, memorySize: 2048 },
};

const makeStore = (stack, bucketName) =>
  new oss.Bucket(stack, 'Store', {
    bucketName,
    accessControl: 'private',
    blockPublicAccess: true,
    serverSideEncryptionConfiguration: { sseAlgorithm: 'AES256' },
    lifecycleConfiguration: {
      rule: [{ id: 'unfinished-uploads', prefix: '', status: 'Enabled', abortMultipartUpload: { days: 7 } }],
    },
  });

const makeWorker = ({ stack, given, roles, logConfig }) => {
  const worker = new fc3.Function(stack, 'Worker', {
    functionName: `${NAME}-worker`,
    runtime: 'custom-container',
    handler: 'worker',
    cpu: 8,
    memorySize: 32768,
    diskSize: 10240,
    timeout: 86400,
    instanceConcurrency: 1,
    gpuConfig: { gpuType: given.GpuType, gpuMemorySize: given.GpuMemory },
    customContainerConfig: {
      image: given.WorkerImage,
      port: 9000,
      command: ['worker', '--serve'],
      healthCheckConfig: { httpGetUrl: '/healthz', initialDelaySeconds: 5, periodSeconds: 10 },
    },
    instanceLifecycleConfig: { preStop: { handler: 'pre-stop', timeout: 90 } },
    environmentVariables: { DROPTUNE_DEVICE: 'cuda', DROPTUNE_HOME: '/tmp/droptune' },
    role: roles.Worker.attrArn,
    internetAccess: true,
    logConfig,
  });
  // the service makes the next attempt itself; a task's id is begun once
  new fc3.AsyncInvokeConfig(stack, 'WorkerTasks', {
    functionName: worker.attrFunctionName,
    asyncTask: true,
    maxAsyncRetryAttempts: 0,
    maxAsyncEventAgeInSeconds: 86400,
  });
};

const makeFunction = ({ stack, given, roles, logConfig }, [name, { role, ...setting }]) =>
  new fc3.Function(stack, name, {
    functionName: `${NAME}-${name.toLowerCase()}`,
    runtime: 'nodejs20',
    code: { ossBucketName: given.CodeBucket, ossObjectName: given.CodeObject },
    diskSize: 512,
    environmentVariables: {
      DROPTUNE_STORAGE: Fn.sub('oss://${BucketName}?region=${ALIYUN::Region}&internal=true'),
      DATABASE_URL: given.DatabaseUrl,
      DROPTUNE_ADMIN_KEY: given.AdminKey,
      DROPTUNE_WEBHOOK_SECRET: given.WebhookSecret,
      DROPTUNE_LAUNCHER: 'fc',
      DROPTUNE_FC_FUNCTION: `${NAME}-worker`,
      DROPTUNE_FC_INSTANCE_TYPE: given.GpuType,
    },
    instanceLifecycleConfig: { initializer: { handler: 'index.initialize', timeout: 60 } },
    internetAccess: true,
    vpcConfig: {
      vpcId: given.VpcId,
      vSwitchIds: [given.VSwitchId],
      securityGroupId: given.SecurityGroupId,
    },
    logConfig,
    ...setting,
    role: roles[role].attrArn,
  });

/** Not the wildcard: it would call for every part of an upload. */
const CREATED = ['PutObject', 'PostObject', 'CopyObject', 'CompleteMultipartUpload'].map(
  (event) => `oss:ObjectCreated:${event}`,
);
// keys are the API's own: Function Compute lets every request through to it
const HTTP = { authType: 'anonymous', methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] };

const makeTriggers = ({ stack, roles, bucket, made }) => {
  const trigger = (name, of, triggerType, triggerConfig, rest = {}) =>
    new fc3.Trigger(stack, name, {
      functionName: made[of].attrFunctionName,
      triggerName: name.toLowerCase(),
      triggerType,
      qualifier: 'LATEST',
      triggerConfig,
      ...rest,
    });
  const tells = (name, prefix, suffix) => {
    const sourceArn = Fn.sub('acs:oss:${ALIYUN::Region}:${ALIYUN::TenantId}:${BucketName}');
    const source = { sourceArn, invocationRole: roles.Notifier.attrArn };
    const config = { events: CREATED, filter: { key: { prefix, suffix } } };
    trigger(name, 'Ingest', 'oss', config, source).node.addDependency(bucket);
  };
  trigger('Http', 'Api', 'http', HTTP);
  trigger('Minute', 'Sweep', 'timer', { cronExpression: '@every 1m', enable: true, payload: '' });
  tells('Drops', 'inbox/', '');
  tells('Reports', 'runs/', '.event.json');
};

const makeStack = (stack) => {
  const given = parametersOf(stack);
  const bucket = makeStore(stack, given.BucketName);
  const roles = Object.fromEntries(Object.entries(ROLES).map((row) => [row[0], roleOf(stack, row)]));
  const all = { stack, given, roles, bucket, logConfig: logOf(stack) };
  makeWorker(all);
  const made = Object.fromEntries(Object.entries(FUNCTIONS).map((row) => [row[0], makeFunction(all, row)]));
  makeTriggers({ ...all, made });
  new fc3.AsyncInvokeConfig(stack, 'IngestRetries', {
    functionName: made.Ingest.attrFunctionName,
    maxAsyncRetryAttempts: 5,
    maxAsyncEventAgeInSeconds: 86400,
  });
  new RosOutput(stack, 'StoreName', { value: bucket.attrName });
};

const folder = mkdtempSync(join(tmpdir(), 'droptune-synth-'));
try {
  const app = new App({ outdir: folder });
  makeStack(new Stack(app, NAME));
  app.synth();
  const template = JSON.parse(readFileSync(join(folder, `${NAME}.template.json`), 'utf8'));
  template.Resources.Store.DeletionPolicy = 'Retain';
  writeFileSync(resolve(values.out), `${JSON.stringify(template, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
