/** Two answers to one prompt, whichever of them it was written down with. */
import { isDeepStrictEqual } from 'node:util';
import { excerptOf, type Fields } from '../place.ts';
import { finish, isSound, messagesOf, type Placed, type Reader, type Reading } from './shape.ts';

type Sides = { readonly chosen: readonly Placed[]; readonly rejected: readonly Placed[] };

const isAnswer = (messages: readonly Placed[]): boolean =>
  messages[0]?.message.role === 'assistant' &&
  messages.every(({ message: { role } }) => role === 'assistant' || role === 'tool');

/** How many messages both sides begin with, each keeping one at least. */
const sharedCount = ({ chosen, rejected }: Sides): number => {
  const most = Math.min(chosen.length, rejected.length) - 1;
  let n = 0;
  while (n < most && isDeepStrictEqual(chosen[n]!.message, rejected[n]!.message)) n++;
  return n;
};

/** Whether the sides begin with the prompt. */
export const holdPrompt = ({ chosen, rejected }: Sides): boolean =>
  [chosen, rejected].some(([first]) => first?.message.role !== 'assistant');

/** Sides that hold the prompt too are cut where they part. */
const apart = (prompt: readonly Placed[], sides: Sides): Sides & { readonly prompt: readonly Placed[] } => {
  if (!holdPrompt(sides)) return { prompt, ...sides };
  const n = sharedCount(sides);
  const own = sides.chosen.slice(0, n);
  const system =
    own[0]?.message.role === 'system' ? [] : prompt.filter(({ message: { role } }) => role === 'system');
  return {
    prompt: [...system, ...own],
    chosen: sides.chosen.slice(n),
    rejected: sides.rejected.slice(n),
  };
};

/** The row of a pair. `prompt` is what the row gives beside the answers, null where it gives none. */
export const pairOf = (
  r: Reader,
  given: readonly Placed[] | null,
  sides: Sides,
  tools: { readonly tools?: Fields[] },
): Reading => {
  const { prompt, chosen, rejected } = apart(given ?? [], sides);
  const wrong = [chosen, rejected].find((side) => side.length > 0 && !isAnswer(side));
  const stray = wrong?.find(({ message: { role } }) => role !== 'assistant' && role !== 'tool') ?? wrong?.[0];
  if (stray) r.report('prompts_differ', stray.at('/role'), excerptOf(stray.message.content));
  else if (prompt.length === 0 && isSound(r))
    r.report('missing_column', '/prompt', 'two answers and no prompt');
  const row =
    prompt.length > 0 && chosen.length > 0 && rejected.length > 0
      ? {
          kind: 'preference' as const,
          messages: messagesOf(prompt),
          ...tools,
          chosen: messagesOf(chosen),
          rejected: messagesOf(rejected),
        }
      : null;
  return finish(r, row, [...prompt, ...chosen, ...rejected]);
};
