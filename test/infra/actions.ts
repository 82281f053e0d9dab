/** Every action that a policy of ours grants, and who needs it: a call in our sources, or the platform itself. */

/** `calls` match in `file`, each of them. */
export type ByCode = { readonly file: string; readonly calls: readonly string[] };
/** The platform asks for it with the role's rights, wherever the template has a resource of this type. */
export type ByPlatform = { readonly resource: string; readonly why: string };
export type Need = ByCode | ByPlatform;

const s3 = (...commands: string[]): ByCode => ({
  file: 'shared/storage/s3.ts',
  calls: commands.map((name) => `sdk.${name}Command(`),
});

const NETWORK: ByPlatform = {
  resource: 'AWS::Lambda::Function',
  why: 'a function in a VPC: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions',
};
const LOG: ByPlatform = { resource: 'AWS::Logs::LogGroup', why: 'what a function writes to its output' };
const QUEUE: ByPlatform = {
  resource: 'AWS::Lambda::EventSourceMapping',
  why: 'Lambda takes from the queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html',
};
const IMAGE: ByPlatform = { resource: 'AWS::EC2::LaunchTemplate', why: 'docker pull as the machine starts' };

export const AWS_ACTIONS: Readonly<Record<string, Need>> = {
  's3:GetObject': s3('GetObject', 'HeadObject'),
  's3:PutObject': s3('PutObject', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'),
  's3:AbortMultipartUpload': s3('AbortMultipartUpload'),
  's3:DeleteObject': s3('DeleteObject'),
  's3:ListBucket': s3('ListObjectsV2', 'HeadObject'), // and 404 in place of 403 for what is not there
  'sqs:ReceiveMessage': QUEUE,
  'sqs:DeleteMessage': QUEUE,
  'sqs:GetQueueAttributes': QUEUE,
  'sqs:SendMessage': { resource: 'AWS::S3::Bucket', why: "the bucket's notifications" },
  'ec2:AssignPrivateIpAddresses': NETWORK,
  'ec2:CreateNetworkInterface': NETWORK,
  'ec2:DeleteNetworkInterface': NETWORK,
  'ec2:DescribeNetworkInterfaces': NETWORK,
  'ec2:DescribeSubnets': NETWORK,
  'ec2:UnassignPrivateIpAddresses': NETWORK,
  'logs:CreateLogStream': LOG,
  'logs:PutLogEvents': LOG,
  'ecr:GetAuthorizationToken': IMAGE,
  'ecr:BatchGetImage': IMAGE,
  'ecr:GetDownloadUrlForLayer': IMAGE,
};

const oss = (...calls: string[]): ByCode => ({ file: 'shared/storage/oss.ts', calls });
/** beside each call its action is named */
const fc = (action: string): ByCode => ({ file: 'functions/launchers/fc-api.ts', calls: [`/** ${action}`] });

export const ALIBABA_ACTIONS: Readonly<Record<string, Need>> = {
  'oss:GetObject': oss('client.getStream(', 'client.get(', '(await open()).head('),
  'oss:PutObject': oss(
    '(await open()).put(',
    '(await open()).initMultipartUpload(',
    '(await open()).completeMultipartUpload(',
  ),
  'oss:AbortMultipartUpload': oss('(await open()).abortMultipartUpload('),
  'oss:DeleteObject': oss('(await open()).delete('),
  'oss:ListObjects': oss('(await open()).listV2(', '(await open()).head('), // and 404 in place of 403
  'fc:InvokeFunction': fc('fc:InvokeFunction'),
  'fc:GetFunction': fc('fc:GetFunction'),
  'fc:GetFunctionAsyncInvokeConfig': fc('fc:GetFunctionAsyncInvokeConfig'),
  'fc:GetAsyncTask': fc('fc:GetAsyncTask'),
  'fc:StopAsyncTask': fc('fc:StopAsyncTask'),
};

/** What stands in a driver's source as a call, so that a new one does not go without a right. */
export const DRIVER_CALLS: readonly { readonly file: string; readonly call: RegExp }[] = [
  { file: 'shared/storage/s3.ts', call: /sdk\.\w+Command\(/g },
  { file: 'shared/storage/oss.ts', call: /(?:client|\(await open\(\)\))\.(?!signatureUrl)\w+\(/g },
  { file: 'functions/launchers/fc-api.ts', call: /\/\*\* fc:\w+/g },
];
