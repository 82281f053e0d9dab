/** Tools, calls and results. */
import { bot, qa, user, type Cases } from './case.ts';

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        days: { type: 'integer' },
        unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
        hours: { type: 'array', items: { type: 'number' } },
      },
      required: ['city'],
    },
  },
};
const TIME = {
  type: 'function',
  function: { name: 'get_time', parameters: { type: 'object', properties: {} } },
};
const q = user('How warm is it in Oslo?');
const a = bot('It is 14 °C in Oslo.');

const called = (args: string, { name = 'get_weather', id = 'call_1' } = {}) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const calls = (...tool_calls: readonly object[]) => ({ role: 'assistant', content: null, tool_calls });
const result = (id = 'call_1') => ({ role: 'tool', tool_call_id: id, content: '14' });
const row = (messages: readonly unknown[], tools: readonly unknown[] = [WEATHER, TIME]) => ({
  messages,
  tools,
});
/** A whole conversation around one call. */
const around = (args: string, options = {}, tools?: readonly unknown[]) =>
  row([q, calls(called(args, options)), result(), a], tools);
const oslo = '{"city": "Oslo"}';
const fine = around(oslo);

const sharegpt = (call: string, tools = JSON.stringify([WEATHER.function])) => ({
  conversations: [
    { from: 'human', value: 'How warm is it in Oslo?' },
    { from: 'function_call', value: call },
    { from: 'observation', value: '14' },
    { from: 'gpt', value: 'It is 14 °C.' },
  ],
  tools,
});

export const TOOLS: Readonly<Record<string, Cases>> = {
  orphan_tool_result: {
    planted: [
      row([q, result(), a]),
      row([q, calls(called(oslo)), result('call_9'), a]),
      row([q, a, user('Sure?'), result(), a]),
    ],
    near: [
      fine,
      row([
        q,
        calls(called(oslo), called('{}', { name: 'get_time', id: 'call_2' })),
        result('call_2'),
        result(),
        a,
      ]),
    ],
    also: [],
  },
  arguments_not_json: {
    planted: [around('Oslo'), around('["Oslo"]'), around(''), around('{"city": "Os')],
    near: [fine, around('{}', { name: 'get_time' }), around('{"city": "{}"}')],
  },
  arguments_loose_json: {
    planted: [around("{'city': 'Oslo'}"), around('{"city": "Oslo",}'), around('"{\\"city\\": \\"Oslo\\"}"')],
    near: [fine, around('{"city": "L\'Aquila"}'), around(' {"city": "Oslo"} ')],
  },
  unanswered_call: {
    planted: [
      row([q, calls(called(oslo)), user('Hello?'), a]),
      row([q, calls(called(oslo), called('{}', { name: 'get_time', id: 'call_2' })), result(), a]),
      row([q, calls(called(oslo)), a]),
    ],
    near: [
      fine,
      row([q, calls(called(oslo))]),
      row([
        q,
        calls(called(oslo), called('{}', { name: 'get_time', id: 'call_2' })),
        result(),
        result('call_2'),
        a,
      ]),
    ],
  },
  duplicate_call_id: {
    planted: [
      row([q, calls(called(oslo), called('{"city": "Bergen"}')), result(), result(), a]),
      row([
        q,
        calls(called(oslo)),
        result(),
        a,
        user('And Bergen?'),
        calls(called('{"city": "Bergen"}')),
        result(),
        a,
      ]),
      row([q, calls(called('{}', { name: 'get_time' })), result(), calls(called(oslo)), result(), a]),
    ],
    near: [
      fine,
      row([
        q,
        calls(called(oslo), called('{"city": "Bergen"}', { id: 'call_2' })),
        result(),
        result('call_2'),
        a,
      ]),
    ],
  },
  unknown_tool: {
    planted: [
      around('{}', { name: 'get_wether' }),
      around('{}', { name: 'getTime' }),
      sharegpt('{"name": "weather", "arguments": {"city": "Oslo"}}'),
    ],
    near: [
      fine,
      around('{}', { name: 'get_time' }),
      sharegpt('{"name": "get_weather", "arguments": {"city": "Oslo"}}'),
    ],
  },
  undeclared_tools: {
    planted: [
      around(oslo, {}, []),
      { messages: [q, calls(called(oslo))] },
      sharegpt('{"name": "get_weather", "arguments": {"city": "Oslo"}}', ''),
    ],
    near: [
      fine,
      { messages: [q, a] },
      qa('Which tool do you call?', 'None at all, I look out of the window.'),
    ],
  },
  missing_argument: {
    planted: [
      around('{}'),
      around('{"days": 3}'),
      sharegpt('{"name": "get_weather", "arguments": {"unit": "celsius"}}'),
    ],
    near: [fine, around('{}', { name: 'get_time' }), around('{"city": ""}')],
  },
  unknown_argument: {
    planted: [
      around('{"city": "Oslo", "town": "Oslo"}'),
      around('{"city": "Oslo", "Days": 2}'),
      around('{"city": "Oslo", "units": "celsius"}'),
    ],
    near: [fine, around('{"city": "Oslo", "days": 2}'), around('{"anything": 1}', { name: 'get_time' })],
  },
  wrong_argument: {
    planted: [
      around('{"city": 7}'),
      around('{"city": "Oslo", "days": "2"}'),
      around('{"city": "Oslo", "unit": "kelvin"}'),
      around('{"city": "Oslo", "hours": [1, "two"]}'),
    ],
    near: [
      fine,
      around('{"city": "Oslo", "days": 2, "unit": "celsius", "hours": [1, 2.5]}'),
      around('{"city": "Oslo", "hours": []}'),
    ],
  },
  bad_tool_schema: {
    planted: [
      around(oslo, {}, [WEATHER, { type: 'function', function: { description: 'no name' } }]),
      around(oslo, {}, [WEATHER, { type: 'function', function: { name: 'f', parameters: 'city' } }]),
      around(oslo, {}, [
        WEATHER,
        {
          type: 'function',
          function: { name: 'f', parameters: { type: 'object', properties: {}, required: ['city'] } },
        },
      ]),
    ],
    near: [
      fine,
      around(oslo, {}, [WEATHER, { type: 'function', function: { name: 'now' } }]),
      around(oslo, {}, [WEATHER, { name: 'now', parameters: {} }]),
    ],
  },
  duplicate_tool_name: {
    planted: [
      around(oslo, {}, [WEATHER, WEATHER]),
      around(oslo, {}, [WEATHER, TIME, TIME]),
      row([q, a], [TIME, { name: 'get_time', parameters: {} }]),
    ],
    near: [fine, row([q, a]), row([q, a], [TIME])],
  },
  call_not_json: {
    planted: [sharegpt('get_weather(Oslo)'), sharegpt('{"arguments": {}}'), sharegpt('"get_weather"')],
    near: [
      sharegpt('{"name": "get_weather", "arguments": {"city": "Oslo"}}'),
      sharegpt('[{"name": "get_weather", "arguments": {"city": "Oslo"}}]'),
      fine,
    ],
  },
  tools_not_json: {
    planted: [
      sharegpt('{"name": "get_weather", "arguments": {"city": "Oslo"}}', 'get_weather'),
      { messages: [q, a], tools: 'none' },
      { messages: [q, a], tools: [1] },
    ],
    near: [fine, { messages: [q, a], tools: [] }, { messages: [q, a], tools: '[]' }],
  },
};
