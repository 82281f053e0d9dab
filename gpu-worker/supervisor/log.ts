/** The run's log: lines with their time, the last ones kept. */
export type RunLog = {
  line(text: string): void;
  /** the last `count` lines, of them at most 8 000 characters */
  tail(count: number): string;
  bytes(): Uint8Array;
  /** grows with every line: tells whether there is something new to put */
  version(): number;
};

const LONGEST_LINE = 10_000;
const LONGEST_TAIL = 8_000; // it goes into events and webhooks

export const runLog = ({ now, limit = 2_000_000 }: { now: () => number; limit?: number }): RunLog => {
  let lines: string[] = [];
  let held = 0; // characters, the line ends included
  let cut = 0;
  let version = 0;

  const shrink = () => {
    const before = lines.length;
    while (held > limit / 2) held -= lines.shift()!.length + 1;
    cut += before - lines.length;
  };

  return {
    line(text) {
      for (const part of text.split(/\r?\n/)) {
        const line = `${new Date(now()).toISOString()} ${part.slice(0, LONGEST_LINE)}`;
        lines.push(line);
        held += line.length + 1;
      }
      version += 1;
      if (held > limit) shrink(); // by half, so that it is seldom done
    },
    tail: (count) => lines.slice(-count).join('\n').slice(-LONGEST_TAIL),
    bytes: () => {
      const head = cut === 0 ? [] : [`… ${cut} earlier lines were cut`];
      return Buffer.from([...head, ...lines, ''].join('\n'));
    },
    version: () => version,
  };
};
