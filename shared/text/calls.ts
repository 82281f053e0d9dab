/** How a template wants calls of tools to be given. Templates differ: some print arguments that are values, some join text;
 *  some ask whether the content is none, some cannot bear none. */
import type { Message } from '../contracts/row.ts';

export type CallForm = {
  /** arguments are JSON text, not values */
  readonly asText: boolean;
  /** the content of a message that only calls */
  readonly empty: '' | null;
  /** ids are made of nine letters and digits, as Mistral's templates want them */
  readonly nine: boolean;
};

/** Values and none first, which is what OpenAI's rows are and most templates are written for. */
const FORMS: readonly CallForm[] = [false, true].flatMap((nine) =>
  [false, true].flatMap((asText) => [null, '' as const].map((empty) => ({ asText, empty, nine }))),
);
/** Where a template shows no calls at all: nothing in it that a template minds. */
export const NO_CALLS: CallForm = { asText: false, empty: '', nine: false };

/** What is not JSON stays text. */
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const NINE = /^[A-Za-z0-9]{9}$/;
/** Ids of nine letters; a result without an id answers the first call that none has answered. */
const nineLetters = () => {
  const named = new Map<string, string>();
  const waiting: string[] = [];
  let n = 0;
  return {
    call(id: string | undefined): string {
      const short = id !== undefined && NINE.test(id) ? id : `call${String(n++).padStart(5, '0')}`;
      if (id !== undefined) named.set(id, short);
      waiting.push(short);
      return short;
    },
    result(id: string | undefined): string {
      const known = id === undefined ? waiting[0] : named.get(id);
      if (known !== undefined && waiting.includes(known)) waiting.splice(waiting.indexOf(known), 1);
      return known ?? 'call00000';
    },
  };
};

/** Messages as a template is given them. */
export const forTemplate = (messages: readonly Message[], { asText, empty, nine }: CallForm): object[] => {
  const ids = nineLetters();
  return messages.map(({ tool_calls: calls, ...message }) => {
    const rest: typeof message = { ...message };
    delete rest.weight; // ours
    if (!calls?.length) {
      const said = { ...rest, content: rest.content ?? '' };
      return nine && rest.role === 'tool' ? { ...said, tool_call_id: ids.result(rest.tool_call_id) } : said;
    }
    const tool_calls = calls.map((call) => {
      const { arguments: given } = call.function;
      return {
        ...call,
        ...(nine && { id: ids.call(call.id) }),
        function: { ...call.function, arguments: asText ? given : valueOf(given) },
      };
    });
    return { ...rest, content: rest.content || empty, tool_calls };
  });
};

const [NAME, WORD] = ['look_it_up', 'marmalade'];
const PROBE: { readonly messages: readonly Message[]; readonly tools: readonly object[] } = {
  messages: [
    { role: 'user', content: 'hello' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: NAME, arguments: `{"word":"${WORD}"}` } },
      ],
    },
  ],
  tools: [
    {
      type: 'function',
      function: {
        name: NAME,
        description: 'Looks a word up',
        parameters: {
          type: 'object',
          properties: { word: { type: 'string', description: 'the word' } },
          required: ['word'],
        },
      },
    },
  ],
};

/** The first form in which a template shows what is called and with what. */
export const callFormOf = (render: (messages: object[], tools: readonly object[]) => string): CallForm =>
  FORMS.find((form) => {
    try {
      const text = render(forTemplate(PROBE.messages, form), PROBE.tools);
      return text.includes(NAME) && text.includes(WORD);
    } catch {
      return false; // it cannot bear this form
    }
  }) ?? NO_CALLS;
