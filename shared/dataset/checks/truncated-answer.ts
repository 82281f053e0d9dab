import { excerptOf } from '../place.ts';
import { inTexts, warns, type RowCheck } from './check.ts';

const SHORTEST = 80; // answers below it are often notes

const TAIL = 160;
/** Words, and opening marks, that no text ends with. */
const HANGING =
  /(?:\s(?:the|a|an|and|or|of|their|its|his|our|your|because|which|whose|than|into|such as|due to|as well as)|[,，、;；]|[([{（「《“‘]|\w-|(?:以及|并且|因为|例如|比如|包括|和|与|或者|从而|由于|根据))$/i;
/** "Best regards," and a line of code may end so. */
const MEANT =
  /\n[^\n]{0,40}[,，]$|[;{}=<>]|(?:regards|sincerely|yours|wishes|love|cheers|thanks|faithfully|best|此致|敬礼)[,，]?$/i;

export const truncatedAnswer: RowCheck = {
  code: 'truncated_answer',
  ...warns,
  message: 'An answer breaks off in the middle of a sentence',
  fix: 'Complete it, or remove the row: the model would learn to stop there',
  find: (view) =>
    inTexts(view, ({ text, learnt, role, scan }) => {
      if (!learnt || role === 'text' || text.length < SHORTEST / 2) return null;
      const tail = text.slice(-TAIL).trimEnd();
      if (/[.!?。！？"')\]}\d]$/.test(tail)) return null;
      const dense = scan.han > 0 && /\p{Script=Han}/u.test(tail);
      if (text.length < SHORTEST && !dense) return null;
      return HANGING.test(tail) && !MEANT.test(tail) ? excerptOf(`… ${tail.slice(-80)}`) : null;
    }),
};
