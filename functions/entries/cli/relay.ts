/** What the worker says → what a person or a program reads. Tolerant: an unknown line passes as JSON and is no progress. */
import { Progress } from '../../../shared/contracts/event.ts';
import type { Line } from './child.ts';
import type { Cli } from './command.ts';
import { progressView } from './progress.ts';

export type Relay = {
  line(value: Line): void;
  text(line: string): void;
  close(): void;
  /** the last line of a type, e.g. `failed` */
  last(type: string): Line | null;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The worker's last words, as a person reads them. */
export const failureText = (failed: Line | null): string =>
  `error ${String(failed?.['code'])}: ${String(failed?.['message'])}\n`;

export const relay = ({ terminal, json }: Pick<Cli, 'terminal' | 'json'>): Relay => {
  const view = progressView(terminal);
  const seen = new Map<string, Line>();
  const show: Readonly<Record<string, (value: Line) => void>> = {
    note: ({ message }) => view.say(textOf(message)),
    evaluated: ({ message }) => view.say(textOf(message)),
    checkpoint: ({ step }) => view.say(`checkpoint at step ${String(step)}`),
    progress: ({ progress }) => {
      const parsed = Progress.safeParse(progress);
      if (parsed.success) view.show(parsed.data);
    },
  };
  return {
    line(value) {
      const type = textOf(value['type']);
      seen.set(type, value);
      if (json) terminal.out(`${JSON.stringify(value)}\n`);
      if (Object.hasOwn(show, type)) show[type]?.(value);
    },
    text: (line) => view.say(line),
    close: () => view.close(),
    last: (type) => seen.get(type) ?? null,
  };
};
