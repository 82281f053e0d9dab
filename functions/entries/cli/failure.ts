import { AppError, ERRORS, type ErrorCode, hintOf, toWire } from '../../../shared/errors.ts';
import type { Cli } from './command.ts';
import { paint } from './terminal.ts';

const EXIT = { failed: 1, refused: 2 } as const;

/** What the caller can mend by asking differently. */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 404, 413, 422]);
export const exitCodeOf = (code: ErrorCode): number =>
  REFUSED.has(ERRORS[code].status) ? EXIT.refused : EXIT.failed;

/** Says what went wrong, with a hint where there is one. Resolves what was thrown into an exit code. */
export const tell = (thrown: unknown, { terminal, json }: Pick<Cli, 'terminal' | 'json'>): number => {
  const { code, message } = toWire(thrown);
  const hint = hintOf(thrown);
  const p = paint(terminal.color);
  const unforeseen = !(thrown instanceof AppError) && thrown instanceof Error;
  terminal.err(`${p('red', 'error')} ${code}: ${unforeseen ? (thrown.stack ?? thrown.message) : message}\n`);
  if (hint !== null) terminal.err(`${hint}\n`);
  if (json) terminal.out(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  return exitCodeOf(code);
};
