/** What Function Compute sends with an invocation.
 *  https://www.alibabacloud.com/help/en/functioncompute/fc/code-development-in-custom-container-runtimes */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Invocation, MAX_INVOCATION_BYTES } from '../../shared/contracts/invocation.ts';
import { AppError } from '../../shared/errors.ts';
import type { Environment } from './work.ts';

const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const requestId = ({ headers }: IncomingMessage): string =>
  header(headers, 'x-fc-request-id') ?? 'none';

/** Seconds after which the platform ends the invocation, null where it does not say. */
export const timeLimit = ({ headers }: IncomingMessage): number | null => {
  const seconds = Number(header(headers, 'x-fc-function-timeout'));
  return seconds > 0 ? seconds : null;
};

/** The role's credential, good for 36 hours, comes with each invocation. A token of another one must not stay beside it. */
export const credentials = ({ headers }: IncomingMessage): Environment =>
  header(headers, 'x-fc-access-key-id') === undefined
    ? {}
    : {
        ALIBABA_CLOUD_ACCESS_KEY_ID: header(headers, 'x-fc-access-key-id'),
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: header(headers, 'x-fc-access-key-secret'),
        ALIBABA_CLOUD_SECURITY_TOKEN: header(headers, 'x-fc-security-token'),
      };

/** Throws `invalid_request` for what no service of this version sends. */
export const parseInvocation = (text: string): Invocation => {
  try {
    return Invocation.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('invalid_request', 'The event is no invocation of this version', {
      cause,
      hint: 'It is JSON: version 1, spec_uri, store. Are the image and the service of one version?',
    });
  }
};

/** Throws `too_large`. */
export const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_INVOCATION_BYTES)
      throw new AppError('too_large', `An invocation has at most ${MAX_INVOCATION_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
};
