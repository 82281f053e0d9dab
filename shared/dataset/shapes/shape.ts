/** How a question and its answer are written down. */
import type { Shape } from '../../contracts/recipe.ts';
import type { Message, Row } from '../../contracts/row.ts';
import { excerptOf, step, type Fields } from '../place.ts';
import type { Defect, ProblemCode } from '../problems.ts';

/** A row as read. `row` is null where a defect is an error; remarks leave it be. */
export type Reading = {
  readonly row: Row | null;
  readonly defects: readonly Defect[];
  /** pointer into the input of what stands below (`/content`, …) the row's message of that number */
  readonly pointer: (message: number, below: string) => string;
};

export type ShapeReader = {
  readonly name: Shape;
  /** top-level keys that it reads */
  readonly keys: readonly string[];
  /** keys that it reads too, and that are another shape's name for the same */
  readonly alsoReads?: readonly string[];
  /** what a row must have, as the advice to someone whose row has not */
  readonly needs: string;
  /** How surely a row has this shape by its keys, 0 = not. Values may still be wrong: `toRow` says so. */
  match(value: Fields): number;
  toRow(value: Fields): Reading;
};

const AS_JSON =
  'A list that came as text must be JSON: write it by json.dumps(…), not by str(…), or save the rows as .jsonl or .parquet';

/** Collects what is wrong while a row is read on. */
export const reader = () => {
  const defects: Defect[] = [];
  /** `fix`: advice in place of the code's own */
  const report = (code: ProblemCode, pointer: string, excerpt: string, fix?: string): void => {
    defects.push({ code, pointer, excerpt, ...(fix !== undefined && { fix }) });
  };
  return {
    defects,
    report,
    wrong: (pointer: string, value: unknown): void => report('wrong_type', pointer, excerptOf(value)),
    /** The text, or '' and a defect. */
    text(value: unknown, pointer: string): string {
      if (typeof value === 'string') return value;
      const plain = typeof value === 'number' || typeof value === 'boolean';
      report(plain ? 'number_as_text' : 'wrong_type', pointer, excerptOf(value));
      return '';
    },
    /** The text, '' where there is none. */
    optionalText(value: unknown, pointer: string): string {
      return value === undefined || value === null ? '' : this.text(value, pointer);
    },
    /** The list, or an empty one and a defect. */
    list(value: unknown, pointer: string): readonly unknown[] {
      if (Array.isArray(value)) return value;
      report('wrong_type', pointer, excerptOf(value), typeof value === 'string' ? AS_JSON : undefined);
      return [];
    },
  };
};
export type Reader = ReturnType<typeof reader>;

/** A message and where in the input stands what is `below` it (`/content`, …). */
export type Placed = { readonly message: Message; at(below: string): string };

/** Whether nothing but remarks has been told so far. */
export const isSound = ({ defects }: Reader): boolean => defects.every(({ code }) => code === 'unused_keys');

/** Ends a reading whose row's messages, in the row's order, came from these places. Null in place of a row: a defect has
 *  been told, or is told here. */
export const finish = (r: Reader, row: Row | null, messages: readonly Placed[]): Reading => {
  if (!row && isSound(r)) r.report('missing_column', '', 'nothing to learn from');
  return {
    row: isSound(r) ? row : null,
    defects: r.defects,
    pointer: (message, below) => messages[message]?.at(below) ?? '',
  };
};

export const messagesOf = (messages: readonly Placed[]): Message[] => messages.map(({ message }) => message);

/** Ends a reading of a conversation. */
export const conversation = (
  r: Reader,
  messages: readonly Placed[],
  tools: readonly Fields[] = [],
): Reading => {
  const more = tools.length > 0 ? { tools: [...tools] } : {};
  const row: Row = { kind: 'chat', messages: messagesOf(messages), ...more };
  return finish(r, messages.length > 0 ? row : null, messages);
};

/** A message and the pointer to its text in the input. */
export type Turn = { readonly message: Message; readonly origin: string };

export const placed = ({ message, origin }: Turn): Placed => ({ message, at: () => origin });

/** A conversation whose messages are single texts of the input. */
export const ofTurns = (r: Reader, turns: readonly Turn[], tools: readonly Fields[] = []): Reading =>
  conversation(r, turns.map(placed), tools);

export const turn = (role: Message['role'], content: string, origin: string): Turn => ({
  message: { role, content },
  origin,
});

/** A system message where there is one, and earlier rounds `[[question, answer], …]`. */
export const opening = (r: Reader, { system, history }: Fields): readonly Turn[] => {
  const text = r.optionalText(system, '/system');
  const rounds =
    history === undefined || history === null || history === '' ? [] : r.list(history, '/history');
  return [
    ...(text === '' ? [] : [turn('system', text, '/system')]),
    ...rounds.flatMap((round, i) => {
      const at = `/history${step(i)}`;
      if (!Array.isArray(round) || round.length !== 2) {
        r.wrong(at, round);
        return [];
      }
      return [
        turn('user', r.text(round[0], `${at}/0`), `${at}/0`),
        turn('assistant', r.text(round[1], `${at}/1`), `${at}/1`),
      ];
    }),
  ];
};
