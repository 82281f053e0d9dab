/** Who speaks when, what a row is for, and what must be there. */
import { bot, chat, pair, qa, system, text, user, type Cases } from './case.ts';

const q = user('Is the library open today?');
const a = bot('Yes, until six in the evening.');
const b = bot('No, it is closed on Mondays.');
const call = (id: string) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name: 'opening_hours', arguments: '{"day": "today"}' } }],
});
const result = (id: string, content = '9 to 18') => ({ role: 'tool', tool_call_id: id, content });
const tools = [
  {
    type: 'function',
    function: {
      name: 'opening_hours',
      parameters: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
    },
  },
];
const calling = (...messages: readonly unknown[]) => ({ messages, tools });
const judged = (label: boolean, ...messages: readonly unknown[]) => ({ messages, label });
const preferring = (messages: unknown[], chosen: unknown[], rejected: unknown[]) => ({
  messages,
  chosen,
  rejected,
});

const LONG = 'The library opens at nine and closes at six; on Sundays it stays shut all day.';

export const TURNS: Readonly<Record<string, Cases>> = {
  no_assistant_message: {
    planted: [chat(q), chat(system('Be brief.'), q), judged(true, q)],
    near: [chat(q, a), preferring([q], [a], [b]), text('Yes, until six.')],
  },
  last_not_assistant: {
    planted: [
      chat(q, a, user('Thanks')),
      chat(q, a, user('And tomorrow?'), user('Hello?')),
      calling(q, call('c1'), result('c1')),
    ],
    near: [chat(q, a), chat(q, a, user('And tomorrow?'), b)],
    also: ['same_role_twice'],
  },
  judged_not_last: {
    planted: [
      judged(true, q, a, user('Thanks')),
      judged(false, q, b, user('Sure?')),
      preferring([q], [a], [call('c1'), result('c1')]),
    ],
    near: [judged(true, q, a), judged(false, q, b), preferring([q], [a], [b])],
    also: ['undeclared_tools'],
  },
  several_system_messages: {
    planted: [
      chat(system('Be brief.'), system('Be kind.'), q, a),
      chat(system('You work in a library.'), { role: 'developer', content: 'Never guess.' }, q, a),
      preferring([system('Be brief.'), system('Be kind.'), q], [a], [b]),
    ],
    near: [chat(system('Be brief.'), q, a), chat(q, a), preferring([system('Be brief.'), q], [a], [b])],
  },
  system_not_first: {
    planted: [
      chat(q, system('Be brief.'), a),
      chat(system('Be brief.'), q, a, system('Be kind.'), user('And tomorrow?'), b),
      preferring([q, system('Be brief.')], [a], [b]),
    ],
    near: [
      chat(system('Be brief.'), q, a),
      chat(q, a),
      { instruction: 'Is it open?', output: 'Yes.', system: 'Be brief.' },
    ],
  },
  empty_system: {
    planted: [chat(system(''), q, a), chat(system(' \n'), q, a), judged(true, system(''), q, a)],
    near: [chat(system('.'), q, a), chat(q, a), { instruction: 'Is it open?', output: 'Yes.', system: '' }],
  },
  same_role_twice: {
    planted: [
      chat(user('Hello.'), q, a),
      chat(q, a, bot('Come before five to be safe.')),
      preferring([user('Hello.'), q], [a], [b]),
      judged(true, user('Hello.'), q, a),
    ],
    near: [chat(q, a, user('And tomorrow?'), b), calling(q, call('c1'), result('c1'), a)],
  },
  weight_changes_in_turn: {
    planted: [
      chat(q, { ...b, weight: 0 }, a),
      chat(q, { ...a, weight: 1 }, { ...b, weight: 0.5 }),
      chat(system('Be brief.'), q, { ...b, weight: 0 }, { ...a, weight: 1 }),
    ],
    near: [
      chat(q, { ...b, weight: 0 }, user('Sure?'), a),
      chat(q, { ...a, weight: 1 }),
      chat(q, { ...a, weight: 1 }, user('Sure?'), { ...b, weight: 0 }),
    ],
  },
  answer_first: {
    planted: [chat(bot('Good morning.'), q, a), chat(system('Be brief.'), bot('Welcome!'), q, a), chat(a)],
    near: [chat(q, a), chat(system('Be brief.'), q, a), preferring([q], [a], [b])],
  },
  empty_turn: {
    planted: [
      chat(q, bot(''), user('Hello?'), a),
      chat(q, a, user('  '), b),
      chat(q, a, user('And tomorrow?'), bot('\n')),
    ],
    near: [
      chat(q, a, user('And tomorrow?'), b),
      calling(q, call('c1'), result('c1', ''), a),
      chat(q, bot('', { weight: 0 }), user('Hello?'), a),
    ],
  },
  empty_prompt: {
    planted: [
      qa('', 'Yes, until six.'),
      qa(' \n', 'Yes, until six.'),
      { instruction: '', output: 'Yes.' },
      pair('', 'Yes, until six.', 'No.'),
    ],
    near: [
      qa('?', 'Yes, until six.'),
      { instruction: '', input: 'Is it open?', output: 'Yes.' },
      text('Yes, until six.'),
    ],
  },
  empty_answer: {
    planted: [
      qa('Is it open?', ''),
      qa('开门了吗？', '\u3000'),
      pair('Is it open?', '', 'No.'),
      { prompt: 'Is it open?', completion: ' ', label: true },
    ],
    near: [
      qa('How many?', '0'),
      pair('Is it open?', 'Yes.', ''),
      { prompt: 'Is it open?', completion: '', label: false },
      calling(q, call('c1')),
    ],
  },
  empty_text: {
    planted: [text(''), text(' '), text('\n\n')],
    near: [text('-'), text('0'), text('a')],
  },
  nothing_weighted: {
    planted: [
      chat(q, { ...a, weight: 0 }),
      chat(q, { ...a, weight: 0 }, user('And tomorrow?'), { ...b, weight: 0 }),
      chat(q, { ...a, loss_weight: 0 }),
    ],
    near: [
      chat(q, { ...a, weight: 0 }, user('And tomorrow?'), { ...b, weight: 0.1 }),
      judged(true, q, { ...a, weight: 0 }),
      chat(q, a),
    ],
  },
  only_special_tokens: {
    planted: [
      qa('Is it open?', '<s>'),
      qa('Is it open?', '</s> <|im_end|>'),
      text('<|endoftext|>'),
      qa('[PAD]', 'Yes.'),
    ],
    near: [qa('What is it?', '[1]'), qa('How do I say bold?', '<b>'), qa('Alternative?', '<|>')],
  },
  row_too_long: {
    planted: [
      text('word '.repeat(200_001)),
      qa('Long?', 'word '.repeat(200_001).trim()),
      chat(user('a b '.repeat(250_001).trim()), a),
    ],
    near: [
      text('word '.repeat(1000)),
      qa('Long?', `${Array.from({ length: 5000 }, (_, i) => `w${i}`).join(' ')}.`),
    ],
  },
  repeated_turn: {
    planted: [
      chat(q, bot(LONG), user('And on Sunday?'), bot(LONG)),
      chat(q, bot(LONG), user('Thanks.'), bot('You are welcome.'), user('And tomorrow?'), bot(LONG)),
      judged(false, q, bot(LONG), user('And on Sunday?'), bot(LONG)),
    ],
    near: [
      chat(q, bot('Yes, please.'), user('And now?'), bot('Yes, please.')),
      chat(q, bot(LONG), user('And on Sunday?'), bot('It is shut.')),
      chat(user(LONG), bot('I see.'), user(LONG), bot('You said so.')),
    ],
  },
  prompt_ends_with_answer: {
    planted: [
      preferring([q, a], [a], [b]),
      preferring([q, bot('Hm.')], [bot('Yes.')], [bot('No.')]),
      preferring([system('Be brief.'), q, b], [a], [bot('Maybe.')]),
    ],
    near: [
      preferring([q, a, user('Sure?')], [a], [b]),
      preferring([q], [a], [b]),
      pair('Is it open?', 'Yes.', 'No.'),
    ],
    also: ['same_role_twice'],
  },
  answers_equal: {
    planted: [
      pair('Is it open?', 'Yes.', 'Yes.'),
      preferring([q], [a], [a]),
      { chosen: [q, a], rejected: [q, a] },
    ],
    near: [
      pair('Is it open?', 'Yes.', 'Yes!'),
      preferring([q], [a], [b]),
      { chosen: [q, a], rejected: [q, b] },
    ],
  },
  lone_surrogate: {
    planted: [
      qa('Smile!', 'Here: \ud83d'),
      text('\ude00 is half'),
      chat(q, { ...a, reasoning_content: 'Hm \ud800' }),
    ],
    near: [
      qa('Smile!', 'Here: 😀'),
      qa('Which code?', 'U+D83D U+DE00, a surrogate pair: \\ud83d\\ude00'),
      text('𝔘𝔫𝔦𝔠𝔬𝔡𝔢'),
    ],
  },
};
