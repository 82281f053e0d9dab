/** Every failure this service can name. Adding one is adding a row: HTTP status, and whether the queue may try again. */
export const ERRORS = {
  invalid_request: { status: 400, retry: false },
  invalid_api_key: { status: 401, retry: false },
  not_found: { status: 404, retry: false },
  illegal_transition: { status: 409, retry: false },
  store_locked: { status: 409, retry: false },
  too_large: { status: 413, retry: false },
  invalid_training_file: { status: 422, retry: false },
  invalid_validation_file: { status: 422, retry: false },
  invalid_recipe: { status: 422, retry: false },
  unsupported_model: { status: 422, retry: false },
  broken_file: { status: 422, retry: false },
  budget_exceeded: { status: 422, retry: false },
  base_unavailable: { status: 503, retry: true },
  storage_failed: { status: 503, retry: true },
  database_failed: { status: 503, retry: true },
  launch_failed: { status: 503, retry: true },
  delivery_failed: { status: 502, retry: true },
  worker_lost: { status: 500, retry: true },
  engine_failed: { status: 500, retry: false },
  diverged: { status: 500, retry: false },
  out_of_memory: { status: 500, retry: false },
  internal: { status: 500, retry: false },
} as const satisfies Record<string, { status: number; retry: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

/** A failure with a name. `details` are facts for a reader (line, key, hint), never secrets. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, ...details }: { cause?: unknown; [detail: string]: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.details = details;
  }
}

/** What crosses a boundary: the wire, the queue, a file. Never a stack, never an unforeseen error's text. */
export const toWire = (error: unknown): { code: ErrorCode; message: string } =>
  error instanceof AppError
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: 'Internal error' };

/** How it can be mended, where somebody knew. */
export const hintOf = (error: unknown): string | null => {
  const hint = error instanceof AppError ? error.details['hint'] : null;
  return typeof hint === 'string' ? hint : null;
};

/** Whether trying the same thing again later may succeed. An unforeseen error may be a passing one. */
export const mayRetry = (error: unknown): boolean =>
  error instanceof AppError ? ERRORS[error.code].retry : true;
