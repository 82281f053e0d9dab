import { inTexts, match, warns, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';

const NEXT =
  /\n[ \t]*(?:\*\*)?(?:Human|User|Q|用户|问)(?:\*\*)?[:：]\s*\S|\n### ?(?:Instruction|Human|User)\b/;
const LABELLED = /^\s*(?:\*\*)?(?:Human|User|Q|Assistant|AI|Agent|用户|客服|问)(?:\*\*)?\s*[:：]/i;
const ASKED =
  /dialog|conversation|transcript|script|interview|\bchat\b|exchange|q ?& ?a|q and a|faq|questions|role-?play|对话|问答|剧本|采访/i;

export const continuesDialogue: RowCheck = {
  code: 'continues_dialogue',
  needs: MARK.newline,
  ...warns,
  message: 'An answer goes on to ask the next question itself: the model would learn to speak for the user',
  fix: 'End the answer where the user speaks again; write the rest as messages',
  find(view) {
    const found = inTexts(view, ({ text, scan: { marks }, learnt, role }) =>
      learnt && role !== 'text' && marks & MARK.newline && !LABELLED.test(text) ? match(text, NEXT) : null,
    );
    const asked =
      found.length > 0 && view.texts.some(({ text, role }) => role === 'user' && ASKED.test(text));
    return asked ? [] : found;
  },
};
