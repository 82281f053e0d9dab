/** A large chat file for `bench -- check`: varied texts from chains of words, in English and Chinese, with defects
 *  planted at known rows. The same size and seed give the same bytes. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { corpus } from '../../gpu-worker/nano/make/corpus.ts';
import { openDice, type Dice } from '../../gpu-worker/nano/make/dice.ts';

type Turn = { role: string; content: unknown };
type Chat = { messages: Turn[] };

/** Which words follow which, in texts of one language. */
type Chain = { readonly starts: readonly string[]; readonly next: ReadonlyMap<string, readonly string[]> };

const CJK = /[\u4e00-\u9fff]/;
const END = /[.?!。？！]$/;

const chainOf = (texts: readonly string[], cut: (text: string) => readonly string[]): Chain => {
  const starts: string[] = [];
  const next = new Map<string, string[]>();
  for (const text of texts) {
    let before: string | null = null;
    for (const word of cut(text)) {
      if (before === null || END.test(before)) starts.push(word);
      else next.set(before, [...(next.get(before)?.slice(0, 63) ?? []), word]);
      before = word;
    }
  }
  return { starts, next };
};

const chains = () => {
  const texts = [...corpus(11, 6000)].flatMap((row) =>
    row.kind === 'text' ? [row.text] : row.kind === 'chat' ? row.messages.map((m) => m.content ?? '') : [],
  );
  return {
    english: chainOf(
      texts.filter((text) => !CJK.test(text)),
      (text) => text.split(/\s+/).filter(Boolean),
    ),
    chinese: chainOf(
      texts.filter((text) => CJK.test(text)),
      (text) => [...text.replaceAll(/\s+/g, '')],
    ),
  };
};

const sentence = (dice: Dice, { starts, next }: Chain, glue: string): string => {
  const words = [dice.pick(starts)];
  while (words.length < 40 && !END.test(words.at(-1)!)) {
    const after = next.get(words.at(-1)!);
    if (!after) break;
    words.push(dice.pick(after));
  }
  return words.join(glue);
};

const systems = Array.from(
  { length: 12 },
  (_, i) => `You are assistant number ${i}. Answer briefly and kindly.`,
);

/** What is planted: how, every how many rows, and the problem or personal data that should be found. */
type Plant = {
  readonly every: number;
  readonly finds: readonly string[];
  readonly line: (chat: Chat, dice: Dice, before: readonly string[]) => string;
};

const json = JSON.stringify;
const last = (chat: Chat): Turn => chat.messages.at(-1)!;
const answering = (change: (text: string) => unknown) => (chat: Chat) => {
  last(chat).content = change(String(last(chat).content));
  return json(chat);
};

const PLANTS: Readonly<Record<string, Plant>> = {
  'empty answer': { every: 1009, finds: ['empty_answer', 'empty_turn'], line: answering(() => '') },
  'answer missing': {
    every: 1013,
    finds: ['last_not_assistant', 'no_assistant_message'],
    line: (chat) => json({ messages: chat.messages.slice(0, -1) }),
  },
  'unknown role': {
    every: 1019,
    finds: ['unknown_role'],
    line: (chat) => {
      last(chat).role = 'moderator';
      return json(chat);
    },
  },
  'content is a number': { every: 1021, finds: ['number_as_text'], line: answering((text) => text.length) },
  'messages misspelt': {
    every: 1031,
    finds: ['unknown_shape'],
    line: ({ messages }) => json({ mesages: messages }),
  },
  'lone surrogate': { every: 1033, finds: ['lone_surrogate'], line: answering((text) => `${text}\ud83d`) },
  placeholder: { every: 1039, finds: ['placeholder'], line: answering((text) => `${text} Yours, {{name}}`) },
  'exact duplicate': { every: 97, finds: ['exact_duplicate'], line: (_, dice, before) => dice.pick(before) },
  'near duplicate': {
    every: 101,
    finds: ['near_duplicate'],
    line: (_, dice, before) => {
      const chat = JSON.parse(dice.pick(before)) as Chat;
      last(chat).content = `${String(last(chat).content)} Thanks ${dice.int(1, 999)}!`;
      return json(chat);
    },
  },
  'e-mail address': {
    every: 211,
    finds: ['email'],
    line: (chat, dice) =>
      answering((text) => `${text} Write to anna.${dice.int(1, 9999)}@kontor-nord.de.`)(chat),
  },
  'Chinese mobile': {
    every: 223,
    finds: ['phone'],
    line: (chat, dice) => answering((text) => `${text} 电话13812${dice.int(100_000, 999_999)}。`)(chat),
  },
  'AWS key': {
    every: 227,
    finds: ['cloud_credential'],
    line: (chat, dice) =>
      answering(
        (text) =>
          `${text} AKIA${Array.from({ length: 16 }, () => dice.pick([...'ABCDEFGH234567'])).join('')}`,
      )(chat),
  },
};
/** Planted in the last hundredth only, so that a checker which ends at its first error has read all but that. */
const BROKEN = 'broken JSON';
const BREAKS: Plant = {
  every: 11,
  finds: ['invalid_json'],
  line: (chat) => json(chat).slice(0, -2),
};

const chatOf = (dice: Dice, { english, chinese }: ReturnType<typeof chains>): Chat => {
  const say = dice.chance(0.15)
    ? (n: number) => Array.from({ length: n }, () => sentence(dice, chinese, '')).join('')
    : (n: number) => Array.from({ length: n }, () => sentence(dice, english, ' ')).join(' ');
  const messages: Turn[] = dice.chance(0.3) ? [{ role: 'system', content: dice.pick(systems) }] : [];
  const turns = dice.pick([1, 1, 1, 2, 2, 3, 5]);
  for (let i = 0; i < turns; i++)
    messages.push(
      { role: 'user', content: say(dice.int(1, 4)) },
      { role: 'assistant', content: say(dice.int(2, 14)) },
    );
  return { messages };
};

/** How often each defect was planted, and under which name a checker should find it. */
export type Planted = {
  readonly rows: number;
  readonly bytes: number;
  readonly planted: Readonly<Record<string, number>>;
  readonly finds: Readonly<Record<string, readonly string[]>>;
};

const plantOf = (row: number, ending: boolean) =>
  ending && row % BREAKS.every === 0
    ? ([BROKEN, BREAKS] as const)
    : Object.entries(PLANTS).find(([, { every }]) => row % every === 0);

type Wish = { readonly bytes: number; readonly seed: number; readonly clean: boolean };

/** Writes about as many bytes. A row has one defect at most, none where all is to be `clean`. */
export const writeChats = async (path: string, { bytes, seed, clean }: Wish): Promise<Planted> => {
  const out = createWriteStream(path);
  const dice = openDice(seed, 'check');
  const words = chains();
  const planted: Record<string, number> = {};
  const before: string[] = []; // good rows to repeat
  let [rows, size] = [0, 0];
  while (size < bytes) {
    rows += 1;
    const due = clean ? undefined : plantOf(rows, size > bytes * 0.99);
    const chat = chatOf(dice, words);
    const line = due ? due[1].line(chat, dice, before) : json(chat);
    if (due) planted[due[0]] = (planted[due[0]] ?? 0) + 1;
    else if (rows < 2000) before.push(line);
    else if (rows % 5 === 0) before[dice.int(0, before.length - 1)] = line;
    const text = `${line}\n`;
    size += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  const all = Object.entries({ ...PLANTS, [BROKEN]: BREAKS });
  return {
    rows,
    bytes: size,
    planted,
    finds: Object.fromEntries(all.map(([name, { finds }]) => [name, finds])),
  };
};
