/** One row of every shape in every common spelling, different for each number. */
import type { Shape } from '../../../../shared/contracts/recipe.ts';

export type Fields = Record<string, unknown>;
export type Spelling = {
  readonly name: string;
  readonly shape: Shape;
  /** whether its rows fit into a table whose cells are texts */
  readonly flat?: true;
  /** key of the answer, where a row without it cannot be read */
  readonly answer: string;
  row(i: number): Fields;
};

const q = (i: number): string => `Question ${i}: what is ${i} × ${i + 7}, "exactly"?`;
const a = (i: number): string => `It is ${i * (i + 7)}, of course.\n第 ${i} 个答案`;
const messages = (i: number) => [
  { role: 'user', content: q(i) },
  { role: 'assistant', content: a(i) },
];
const turns = (i: number) => [
  { from: 'human', value: q(i) },
  { from: 'gpt', value: a(i) },
];
const blocks = (text: string) => [{ type: 'text', text }];
const call = (i: number) => ({ type: 'tool_use', id: `t${i}`, name: 'find', input: { n: i } });

export const SPELLINGS: readonly Spelling[] = [
  { name: 'openai', shape: 'chat', answer: 'messages', row: (i) => ({ messages: messages(i) }) },
  {
    name: 'openai tools',
    shape: 'chat',
    answer: 'messages',
    row: (i) => ({
      messages: [
        { role: 'user', content: q(i) },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: `c${i}`, type: 'function', function: { name: 'find', arguments: `{"n":${i}}` } },
          ],
        },
        { role: 'tool', tool_call_id: `c${i}`, content: String(i) },
        { role: 'assistant', content: a(i), weight: 1 },
      ],
      tools: [{ type: 'function', function: { name: 'find', parameters: { type: 'object' } } }],
    }),
  },
  {
    name: 'bailian',
    shape: 'chat',
    answer: 'messages',
    row: (i) => ({
      messages: [
        messages(i)[0],
        { role: 'assistant', content: `<think>\n…\n</think>\n\n${a(i)}`, loss_weight: 1 },
      ],
    }),
  },
  {
    name: 'trl',
    shape: 'prompt-completion',
    answer: 'completion',
    flat: true,
    row: (i) => ({ prompt: q(i), completion: a(i) }),
  },
  {
    name: 'gsm',
    shape: 'prompt-completion',
    answer: 'answer',
    flat: true,
    row: (i) => ({ question: q(i), answer: a(i) }),
  },
  {
    name: '中文',
    shape: 'prompt-completion',
    answer: '答案',
    flat: true,
    row: (i) => ({ 问题: q(i), 答案: a(i) }),
  },
  {
    name: 'swift',
    shape: 'query-response',
    answer: 'response',
    row: (i) => ({ system: 's', query: q(i), response: a(i), history: i % 2 ? [] : [['q', 'a']] }),
  },
  {
    name: 'alpaca',
    shape: 'alpaca',
    answer: 'output',
    flat: true,
    row: (i) => ({ instruction: q(i), input: i % 2 ? 'in' : '', output: a(i) }),
  },
  {
    name: 'table',
    shape: 'alpaca',
    answer: 'Output',
    flat: true,
    row: (i) => ({ Instruction: q(i), Input: 'in', Output: a(i) }),
  },
  {
    name: 'dolly',
    shape: 'alpaca',
    answer: 'response',
    flat: true,
    row: (i) => ({ instruction: q(i), context: 'c', response: a(i), category: 'qa' }),
  },
  {
    name: 'vicuna',
    shape: 'sharegpt',
    answer: 'conversations',
    row: (i) => ({ id: `id${i}`, conversations: turns(i) }),
  },
  {
    name: 'pairs',
    shape: 'sharegpt-pairs',
    answer: 'conversation',
    row: (i) => ({ conversation: [{ human: q(i), assistant: a(i) }] }),
  },
  {
    name: 'xtuner',
    shape: 'sharegpt-pairs',
    answer: 'conversation',
    row: (i) => ({ conversation: [{ system: 's', input: q(i), output: a(i) }] }),
  },
  { name: 'text', shape: 'text', answer: 'text', flat: true, row: (i) => ({ text: `${q(i)} ${a(i)}` }) },
  {
    name: 'openai dpo',
    shape: 'openai-dpo',
    answer: 'preferred_output',
    row: (i) => ({
      input: { messages: [messages(i)[0]], tools: [], parallel_tool_calls: true },
      preferred_output: [messages(i)[1]],
      non_preferred_output: [{ role: 'assistant', content: 'no' }],
    }),
  },
  {
    name: 'trl dpo',
    shape: 'preference',
    answer: 'chosen',
    flat: true,
    row: (i) => ({ prompt: q(i), chosen: a(i), rejected: 'no' }),
  },
  {
    name: 'hh dpo',
    shape: 'preference',
    answer: 'chosen',
    row: (i) => ({ chosen: messages(i), rejected: [messages(i)[0], { role: 'assistant', content: 'no' }] }),
  },
  {
    name: 'bailian dpo',
    shape: 'preference',
    answer: 'chosen',
    row: (i) => ({
      messages: [messages(i)[0]],
      chosen: messages(i)[1],
      rejected: { role: 'assistant', content: 'no' },
    }),
  },
  {
    name: 'swift dpo',
    shape: 'preference',
    answer: 'messages',
    row: (i) => ({ messages: messages(i), rejected_response: 'no' }),
  },
  {
    name: 'trl kto',
    shape: 'kto',
    answer: 'completion',
    flat: true,
    row: (i) => ({ prompt: q(i), completion: a(i), label: i % 2 === 0 }),
  },
  {
    name: 'llama kto',
    shape: 'kto',
    answer: 'conversations',
    row: (i) => ({ conversations: turns(i), kto_tag: i % 2 === 0 }),
  },
  {
    name: 'rft',
    shape: 'openai-rft',
    answer: 'messages',
    row: (i) => ({ messages: [messages(i)[0]], compliant: 'yes', explanation: a(i) }),
  },
  {
    name: 'claude',
    shape: 'anthropic',
    answer: 'messages',
    row: (i) => ({
      system: 's',
      messages: [
        { role: 'user', content: q(i) },
        { role: 'assistant', content: [...blocks('look'), call(i)] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${i}`, content: String(i) }] },
        { role: 'assistant', content: blocks(a(i)) },
      ],
    }),
  },
  {
    name: 'gemini',
    shape: 'vertex',
    answer: 'contents',
    row: (i) => ({
      systemInstruction: { role: 'system', parts: [{ text: 's' }] },
      contents: [
        { role: 'user', parts: [{ text: q(i) }] },
        { role: 'model', parts: [{ text: a(i) }] },
      ],
    }),
  },
  {
    name: 'converse',
    shape: 'bedrock',
    answer: 'messages',
    row: (i) => ({
      schemaVersion: 'bedrock-conversation-2024',
      system: [{ text: 's' }],
      messages: [
        { role: 'user', content: [{ text: q(i) }] },
        { role: 'assistant', content: [{ text: a(i) }] },
      ],
    }),
  },
];
