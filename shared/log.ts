/** Lines to a writer, facts first: one JSON object a line for machines, plain text for people. */
type Level = 'info' | 'warn' | 'error';
type Facts = Readonly<Record<string, unknown>>;

/** An error in a log keeps its code, its stack and what caused it; over a wire none of that goes. */
const plainError = (error: Error): Facts => ({
  name: error.name,
  message: error.message,
  ...('code' in error ? { code: error.code } : {}),
  ...(error.stack ? { stack: error.stack } : {}),
  ...(error.cause === undefined
    ? {}
    : { cause: error.cause instanceof Error ? plainError(error.cause) : error.cause }),
});

const replacer = (_: string, value: unknown): unknown =>
  value instanceof Error ? plainError(value) : typeof value === 'bigint' ? String(value) : value;

const word = (value: unknown): string => {
  if (value instanceof Error) return value.message;
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value, replacer) ?? String(value);
};

const asText = (time: Date, level: Level, message: string, facts: Facts): string => {
  const rest = Object.entries(facts).map(([key, value]) => ` ${key}=${word(value)}`);
  const stacks = Object.values(facts).flatMap((value) =>
    value instanceof Error && level === 'error' && value.stack ? [`\n${value.stack}`] : [],
  );
  const mark = level === 'info' ? '' : `${level}: `;
  return `${time.toISOString().slice(11, 19)} ${mark}${message}${rest.join('')}${stacks.join('')}\n`;
};

const asJson = (time: Date, level: Level, message: string, facts: Facts): string =>
  `${JSON.stringify({ time: time.toISOString(), level, message, ...facts }, replacer)}\n`;

/** The log of a process. `write` gets whole lines. */
export const openLog = (
  write: (line: string) => void,
  { json, now = Date.now }: { json: boolean; now?: () => number },
): ((level: Level, message: string, facts?: Facts) => void) => {
  const line = json ? asJson : asText;
  return (level, message, facts = {}) => write(line(new Date(now()), level, message, facts));
};
