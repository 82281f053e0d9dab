/** What is wrong with a row before it is a row: lines of JSON as people and programs write them. */
import { bot, chat, user } from './case.ts';

export type FormCases = {
  /** lines of JSON Lines with this defect */
  readonly planted: readonly string[];
  readonly near: readonly string[];
  readonly also?: readonly string[];
};

const json = (value: unknown): string => JSON.stringify(value);
const good = '{"prompt": "Is it open?", "completion": "Yes, until six."}';
const talk = (...roles: readonly string[]) =>
  json({ messages: roles.map((role, i) => ({ role, content: `Message ${i} of this talk.` })) });

export const FORM: Readonly<Record<string, FormCases>> = {
  invalid_json: {
    planted: [
      '{"prompt": "Is it open?", "completion": "Yes',
      'Is it open? Yes.',
      '{"prompt" "Is it open?"}',
      '{"prompt": "a"} {"prompt": "b"}',
    ],
    near: [good, ` ${good} `, '{"prompt": "\\u007b", "completion": "a brace"}'],
  },
  nan_value: {
    planted: [
      '{"prompt": "How much?", "completion": "Ten.", "score": NaN}',
      '{"prompt": "How much?", "completion": "Ten.", "low": -Infinity}',
      '{"prompt": "How much?", "completion": "Ten.", "id": nan}',
    ],
    near: [
      '{"prompt": "How much?", "completion": "NaN is not a number, said she."}',
      '{"prompt": "To Infinity?", "completion": "And beyond."}',
      '{"prompt": "How much?", "completion": "Ten.", "score": null}',
    ],
    also: [],
  },
  python_literal: {
    planted: [
      "{'prompt': 'Is it open?', 'completion': 'Yes.'}",
      '{"prompt": "Is it open?", "completion": "Yes.", "ok": True}',
      '{"prompt": "Is it open?", "completion": "Yes.", "note": None}',
    ],
    near: [
      `{"prompt": "Is it 'open'?", "completion": "Yes."}`,
      '{"prompt": "True or False?", "completion": "True it is."}',
      good,
    ],
  },
  trailing_comma: {
    planted: [
      '{"prompt": "Is it open?", "completion": "Yes.",}',
      '{"messages": [{"role": "user", "content": "Open?"}, {"role": "assistant", "content": "Yes."},]}',
      '{"prompt": "Is it open?", "completion": "Yes.", }',
    ],
    near: [
      '{"prompt": "One, two,", "completion": "three."}',
      '{"prompt": "Which ends a list?", "completion": "Either ,] or ]."}',
      good,
    ],
  },
  json_comment: {
    planted: [
      '{"prompt": "Is it open?", "completion": "Yes."} // checked',
      '{"prompt": "Is it open?", /* Ada */ "completion": "Yes."}',
      '{"prompt": "Is it open?", "completion": "Yes."} # ok',
    ],
    near: [
      '{"prompt": "Is // a comment in C?", "completion": "Yes."}',
      '{"prompt": "# heading?", "completion": "Yes."}',
      '{"prompt": "See https://example.org/a", "completion": "I cannot open links, sorry."}',
    ],
  },
  duplicate_keys: {
    planted: [
      '{"prompt": "Is it open?", "prompt": "Is it shut?", "completion": "Yes."}',
      '{"messages": [{"role": "user", "content": "Hi", "content": "Hello"}, {"role": "assistant", "content": "Hello."}]}',
      '{"prompt": "Is it open?", "completion": "Yes.", "completion": "No."}',
    ],
    near: [
      '{"prompt": "Which keys?", "completion": "{\\"a\\": 1, \\"a\\": 2} has the key a twice."}',
      '{"prompt": "prompt", "completion": "The word prompt: it means quick."}',
      json({ messages: [user('Hi there.'), bot('Hello.'), user('Bye.'), bot('Bye.')] }),
    ],
  },
  too_deep: {
    planted: [201, 400, 999].map(
      (n) => `{"prompt": "a", "completion": "b", "x": ${'['.repeat(n)}${']'.repeat(n)}}`,
    ),
    near: [`{"text": "${'['.repeat(300)}"}`, good, talk('user', 'assistant')],
    also: [],
  },
  not_object: {
    planted: ['["Is it open?", "Yes."]', '"Is it open?"', '42', 'null'],
    near: [good, '{"text": "[]"}', '{"text": "null"}'],
  },
  unknown_shape: {
    planted: [
      '{"frage": "Ist offen?", "antwort": "Ja."}',
      '{"mesages": []}',
      '{}',
      '{"id": 7, "score": 0.5}',
    ],
    near: [good, '{"question": "Open?", "answer": "Yes."}', '{"Prompt": "Open?", "Completion": "Yes."}'],
  },
  unknown_role: {
    planted: [
      talk('narrator', 'assistant'),
      talk('user', 'expert'),
      talk('user', 'assistant', 'critic', 'assistant'),
    ],
    near: [
      talk('user', 'assistant'),
      talk('developer', 'user', 'assistant'),
      talk('system', 'user', 'assistant'),
    ],
  },
  role_alias: {
    planted: [
      talk('Human', 'assistant'),
      talk('User', 'Assistant'),
      talk('user', 'bot'),
      talk('customer', 'AI'),
    ],
    near: [
      talk('user', 'assistant'),
      talk('system', 'user', 'assistant'),
      json({
        conversations: [
          { from: 'human', value: 'Open?' },
          { from: 'gpt', value: 'Yes.' },
        ],
      }),
    ],
  },
  wrong_type: {
    planted: [
      json(chat(user('Open?'), { role: 'assistant', content: null })),
      '{"prompt": "Open?", "completion": ["Yes."]}',
      '{"messages": "Open?"}',
      '{"text": null}',
    ],
    near: [
      good,
      json(chat(user('Open?'), { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] })),
      '{"instruction": "Open?", "input": null, "output": "Yes."}',
    ],
  },
  number_as_text: {
    planted: [
      '{"prompt": "How many?", "completion": 3}',
      '{"prompt": "Is it open?", "completion": true}',
      json(chat(user('How many?'), { role: 'assistant', content: 2.5 })),
    ],
    near: [
      '{"prompt": "How many?", "completion": "3"}',
      '{"prompt": "Is it open?", "completion": "true"}',
      '{"prompt": "How many?", "completion": "2.5"}',
    ],
    also: ['unused_keys'],
  },
  empty_messages: {
    planted: ['{"messages": []}', '{"conversations": []}', '{"messages": [], "tools": []}'],
    near: [good, talk('user', 'assistant'), '{"text": "[]"}'],
  },
  bad_weight: {
    planted: [2, true, '1', -1].map((weight) =>
      json(chat(user('Open?'), { role: 'assistant', content: 'Yes.', weight })),
    ),
    near: [0.5, 1, 1.0].map((weight) =>
      json(chat(user('Open?'), { role: 'assistant', content: 'Yes.', weight })),
    ),
  },
  ambiguous_columns: {
    planted: [
      '{"prompt": "Open?", "response": "Yes.", "completion": "No."}',
      '{"question": "Open?", "query": "Shut?", "answer": "Yes."}',
      '{"prompt": "Open?", "answer": "Yes.", "output": "No."}',
    ],
    near: [
      good,
      '{"question": "Open?", "answer": "Yes."}',
      '{"instruction": "Answer.", "input": "Open?", "output": "Yes."}',
    ],
  },
  prompts_differ: {
    planted: [
      json({ chosen: [user('Open?'), bot('Yes.')], rejected: [user('Shut?'), bot('No.')] }),
      json({ prompt: 'Open?', chosen: [user('Hm.')], rejected: [bot('No.')] }),
      json({
        chosen: [user('A?'), bot('a'), user('B?'), bot('b')],
        rejected: [user('A?'), bot('x'), user('C?'), bot('y')],
      }),
    ],
    near: [
      json({ chosen: [user('Open?'), bot('Yes.')], rejected: [user('Open?'), bot('No.')] }),
      json({ prompt: 'Open?', chosen: 'Yes.', rejected: 'No.' }),
      good,
    ],
  },
  image: {
    planted: [
      '{"prompt": "What is it?", "completion": "A cat.", "image": "cat.png"}',
      json(chat({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'x' } }] }, bot('A cat.'))),
      '{"prompt": "What is it?", "completion": "A cat.", "images": ["cat.png"]}',
    ],
    near: [
      '{"prompt": "What is it?", "completion": "A cat.", "images": []}',
      '{"prompt": "What is an image?", "completion": "A picture."}',
      good,
    ],
  },
  unused_keys: {
    planted: [
      '{"prompt": "Open?", "completion": "Yes.", "source": "web"}',
      json(chat(user('Open?'), { role: 'assistant', content: 'Yes.', mood: 'calm' })),
      '{"text": "It is open.", "meta": {"id": 1}}',
    ],
    near: [
      good,
      '{"prompt": "Open?", "completion": "Yes.", "source": null}',
      '{"instruction": "Open?", "input": "", "output": "Yes."}',
    ],
  },
};
