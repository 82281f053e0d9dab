/** Of postgres.js, of Node's sockets, and of a server that shuts down: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOST = new Set(
  'CONNECTION_CLOSED CONNECTION_ENDED CONNECTION_DESTROYED CONNECT_TIMEOUT ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT 57P01 57P02 57P03'.split(
    ' ',
  ),
);

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/** Whether a connection to the database went away: the same may succeed on the next one. */
export const isLost = (error: unknown): boolean =>
  LOST.has(codeOf(error)) || (error instanceof Error && LOST.has(codeOf(error.cause)));
