import { inTexts, match, remarks, type RowCheck } from './check.ts';
import { MARK } from './scan.ts';
import { HAS } from './view.ts';

const TEMPLATE =
  /Below is an instruction that describes a task|### ?(?:Response|Assistant)\s*:\s*$|### ?Instruction\s*:\s*\n[^]{0,20000}### ?(?:Response|Input)\s*:|(?:^|\n)(?:Assistant|AI|Answer|助手|答)\s*[:：]\s*$/;

/** What all of them have. */
const mayHave = (text: string, marks: number): boolean =>
  (marks & MARK.hash) !== 0 ||
  ':：'.includes(text.trimEnd().at(-1) ?? ' ') ||
  text.includes('Below is an instruction');

export const templateInPrompt: RowCheck = {
  code: 'template_in_prompt',
  needs: MARK.newline | MARK.colon | MARK.hash | HAS.han,
  ...remarks,
  message:
    'A question is wrapped in a template of its own ("### Instruction: …"), inside the template of the base',
  fix: 'Give the bare question, and ask it the same way later',
  find: (view) =>
    inTexts(view, ({ text, role, scan: { marks } }) =>
      role === 'user' && mayHave(text, marks) ? match(text, TEMPLATE) : null,
    ),
};
