/** Where a command writes: documents to stdout, everything else to stderr. */
export type Terminal = {
  out(text: string): void;
  err(text: string): void;
  /** stderr is watched by a person: a line may be drawn again */
  readonly live: boolean;
  readonly color: boolean;
  /** the same for documents: stdout may be a pipe while stderr is a screen */
  readonly outColor: boolean;
  /** width of the screen in characters */
  readonly columns: number;
};

type Env = Readonly<Record<string, string | undefined>>;

/** https://no-color.org: any value but the empty one switches colours off. */
export const processTerminal = (env: Env): Terminal => {
  const live = process.stderr.isTTY === true && env['TERM'] !== 'dumb';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    live,
    color: live && !env['NO_COLOR'],
    outColor: process.stdout.isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'],
    columns: process.stderr.columns ?? 80,
  };
};

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Paint = (style: keyof typeof STYLES, text: string) => string;

export const paint =
  (color: boolean): Paint =>
  (style, text) =>
    color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
