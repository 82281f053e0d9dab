/** What stores answer when they do not do what they were asked, in one vocabulary: S3 and OSS share most of their codes.
 *  https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, https://help.aliyun.com/zh/oss/support/http-status-codes */

export type Fault = {
  /** `again`: the same request may succeed; `expired`: with a fresh credential; `gone`: the multipart upload is no more */
  readonly kind: 'missing' | 'exists' | 'gone' | 'again' | 'expired' | 'final';
  readonly code: string;
  /** how to mend it */
  readonly hint: string;
};

const TOKEN = 'the session credential has expired: renew it, or give one that renews itself (a role)';
const REGION =
  'the bucket is in another region, or the endpoint is not its own: set region= and endpoint= of the store';
const NAME = 'there is no such bucket: check its name, its region and the endpoint';
const KEY_ID = 'the store does not know this access key: check the id, and that it belongs to this endpoint';
const DENIED =
  'permission denied: the policy must allow this action on this key, and listing the prefix too, since a store says "denied" for what is not there to those who may not list';
const BUSY = 'the store is busy or broken: try again later';
const DAMAGED = 'the bytes were damaged on the way: look at the network and its proxies';
const NETWORK = 'the store cannot be reached: check the network and the endpoint';
const CERTIFICATE = 'the certificate of the endpoint is not trusted: set NODE_EXTRA_CA_CERTS';
const CREDENTIALS =
  'no credential was found: set the variables, the profile or the role that the SDK of the cloud reads';
const KMS = 'the encryption key cannot be used: check kms= and the policy of the key';

/** Errors that are none of the network's. */
const UNNAMED = new Set(['Error', 'TypeError']);

type Row = readonly [kind: Fault['kind'], hint: string];
const nothing = (kind: Fault['kind']): Row => [kind, ''];

const CODES: Readonly<Record<string, Row>> = {
  NoSuchKey: nothing('missing'),
  NotFound: nothing('missing'),
  PreconditionFailed: nothing('exists'),
  FileAlreadyExists: nothing('exists'),
  NoSuchUpload: nothing('gone'),
  ExpiredToken: ['expired', TOKEN],
  TokenRefreshRequired: ['expired', TOKEN],
  SecurityTokenExpired: ['expired', TOKEN],
  InvalidSecurityToken: ['expired', TOKEN],
  InvalidToken: ['expired', TOKEN],
  RequestTimeTooSkewed: ['again', 'the clock of this machine is wrong: set it by NTP'],
  BadDigest: ['again', DAMAGED],
  InvalidDigest: ['again', DAMAGED],
  IncompleteBody: ['again', DAMAGED],
  XAmzContentSHA256Mismatch: ['again', DAMAGED],
  RequestTimeout: ['again', NETWORK],
  OperationAborted: ['again', BUSY],
  ConditionalRequestConflict: ['again', BUSY],
  InternalError: ['again', BUSY],
  SlowDown: ['again', BUSY],
  AccessDenied: ['final', DENIED],
  InvalidAccessKeyId: ['expired', KEY_ID],
  SignatureDoesNotMatch: [
    'final',
    'the secret does not belong to the access key, or a proxy changes requests',
  ],
  NoSuchBucket: ['final', NAME],
  InvalidBucketName: ['final', NAME],
  PermanentRedirect: ['final', REGION],
  AuthorizationHeaderMalformed: ['final', REGION],
  IllegalLocationConstraintException: ['final', REGION],
  SecondLevelDomainForbidden: [
    'final',
    'this endpoint wants the bucket in the host name: set path_style=false',
  ],
  InvalidObjectState: ['final', 'the object is in an archive class: restore it first'],
  UserDisable: ['final', 'the account is suspended, mostly for an overdue bill'],
  QuotaExceeded: ['final', 'the quota of the bucket is used up: make room'],
  EntityTooLarge: ['final', 'the object is larger than the store takes'],
  CredentialsProviderError: ['expired', CREDENTIALS],
  NoRegion: ['final', 'no region is known: set region= of the store, or AWS_REGION'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['final', CERTIFICATE],
  SELF_SIGNED_CERT_IN_CHAIN: ['final', CERTIFICATE],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['final', CERTIFICATE],
  CERT_HAS_EXPIRED: ['final', CERTIFICATE],
};

const STATUSES: Readonly<Record<number, Row>> = {
  301: ['final', REGION],
  307: ['final', REGION],
  401: ['expired', TOKEN],
  403: ['final', DENIED],
  404: nothing('missing'),
  408: ['again', NETWORK],
  412: nothing('exists'),
  429: ['again', BUSY],
};

/** The answer to a HEAD has no body, so no code but what an SDK makes up: mostly an expired session, or another region. */
const NO_REASON: Row = ['expired', `the request was refused without a reason: ${TOKEN}; or ${REGION}`];
const MADE_UP = /^(?:400|Bad ?Request|Unknown(?:Error)?|Error)$/;

const rowOf = (code: string, status: number | undefined): Row => {
  const named = CODES[code];
  if (named) return named;
  if (code.startsWith('KMS.') || code.startsWith('Kms')) return ['final', KMS];
  if (status === 400) return MADE_UP.test(code) ? NO_REASON : ['final', ''];
  // no answer, or one that cannot be read
  if (status === undefined || status < 300) return ['again', UNNAMED.has(code) ? '' : NETWORK];
  return STATUSES[status] ?? (status >= 500 ? ['again', BUSY] : ['final', '']);
};

/** `status` is that of the answer, undefined where none came. */
export const faultOf = (code: string, status: number | undefined): Fault => {
  const [kind, hint] = rowOf(code, status);
  return { kind, code, hint };
};
