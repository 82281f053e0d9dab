/** Every failure as OpenAI's error envelope, which its clients turn into an error class by status. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ZodError, z } from 'zod';
import { isLost } from '../../shared/db/lost.ts';
import { AppError, ERRORS, type ErrorCode, toWire } from '../../shared/errors.ts';

const envelope = (code: ErrorCode, message: string, param: string | null) => ({
  error: {
    message,
    type: ERRORS[code].status >= 500 ? 'server_error' : 'invalid_request_error',
    param,
    code,
  },
});

const said = ({ issues }: ZodError): { message: string; param: string | null } => {
  const issue = issues[0];
  if (!issue) return { message: 'The request cannot be understood', param: null };
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const param = [...issue.path, ...unknown.slice(0, 1)].join('.') || null;
  if (unknown.length > 0) return { message: `Unknown field: ${unknown.join(', ')}`, param };
  return { message: param === null ? issue.message : `${param}: ${issue.message}`, param };
};

/** The door's own failures (zod's, Hono's) and a database that went away under our codes; anything else as it is. */
const known = (error: unknown): unknown => {
  if (error instanceof ZodError) {
    const { message, param } = said(error);
    return new AppError('invalid_request', message, { param });
  }
  if (error instanceof HTTPException)
    return new AppError(error.status === 413 ? 'too_large' : 'invalid_request', error.message);
  if (!(error instanceof AppError) && isLost(error))
    return new AppError('database_failed', 'The database does not answer: try again', { cause: error });
  return error;
};

/** Without `x-should-retry: false` OpenAI's clients send a request that met a 409 twice more. */
export const failure = (c: Context, thrown: unknown): Response => {
  const error = known(thrown);
  const { code, message } = toWire(error);
  const param = error instanceof AppError ? error.details['param'] : null;
  const { status, retry } = ERRORS[code];
  c.header('x-should-retry', String(retry));
  return c.json(
    envelope(code, message, typeof param === 'string' ? param : null),
    status satisfies ContentfulStatusCode,
  );
};

/** The body as JSON through a contract. Throws `invalid_request`. */
export const readJson = async <T extends z.ZodType>(c: Context, contract: T): Promise<z.output<T>> => {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_request', 'The body is not JSON', { cause });
  }
  return contract.parse(body);
};
