import { excerptOf } from '../place.ts';
import { remarks, type RowCheck } from './check.ts';

const QUESTION =
  /<\|im_start\|>user|<\|start_header_id\|>user|\[INST\]|<start_of_turn>user|### ?(?:Instruction|Human|User):|^\s*Human:/;
const ANSWER =
  /<\|im_start\|>assistant|<\|start_header_id\|>assistant|\[\/INST\]|<start_of_turn>model|### ?(?:Response|Assistant|Answer):|\n\nAssistant:/;

export const renderedTemplate: RowCheck = {
  code: 'rendered_template',
  ...remarks,
  message: 'A text holds questions and answers in a chat template: the questions are learnt as well',
  fix: 'Give them as messages; then the answers alone are learnt, in the template of the base',
  find: ({ row }) =>
    row.kind === 'text' && QUESTION.test(row.text) && ANSWER.test(row.text)
      ? [{ message: 0, below: '', excerpt: excerptOf(row.text) }]
      : [],
};
