import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decidingMetric, measuresOf, METRICS, scoresOf } from '../../../gpu-worker/evaluate/metrics/index.ts';
import { wordOverlap } from '../../../gpu-worker/evaluate/metrics/token-f1.ts';
import { compileSchema, type SchemaCheck } from '../../../gpu-worker/evaluate/metrics/schema.ts';

const score = (name: string, answer: string, reference: string, schema: SchemaCheck | null = null) =>
  METRICS.find((m) => m.name === name)!.score({ answer, reference, schema });

const { token_f1 } = JSON.parse(
  readFileSync(new URL('../../fixtures/evaluate/statistics.json', import.meta.url), 'utf8'),
) as { token_f1: { answer: string; reference: string; f1: number }[] };

const CALL = compileSchema({
  type: 'object',
  required: ['endpoint'],
  properties: { endpoint: { type: 'string' } },
  additionalProperties: false,
});

const items = (schema: Record<string, unknown>, value: unknown): boolean => compileSchema(schema)(value);

/** Names of the metrics that score the first of these references. */
const named = (references: string[], schema: SchemaCheck | null = null) =>
  Object.keys(scoresOf({ references, schema, pairs: 0 }, { answer: 'x', reference: references[0]!, schema }));

describe('exact_match', () => {
  test('white space at the ends and the composition of letters do not matter, anything else does', () => {
    expect(score('exact_match', ' cafe\u0301\n', 'caf\u00E9')).toBe(1);
    expect(score('exact_match', 'Yes', 'yes')).toBe(0);
    expect(score('exact_match', 'a  b', 'a b')).toBe(0);
  });
});

describe('token_f1', () => {
  test.each(token_f1)("of $answer and $reference is the SQuAD script's", ({ answer, reference, f1 }) => {
    expect(wordOverlap(answer, reference)).toBeCloseTo(f1, 12);
  });

  test('Chinese and Japanese are compared by character, whatever the width of the letters', () => {
    expect(wordOverlap('王老师教三年级二班。', '王老师教三年级')).toBeCloseTo((2 * 7) / 16, 12);
    expect(wordOverlap('カメラ', 'カメ')).toBeCloseTo(0.8, 12);
    expect(wordOverlap('ＡＢＣ，班级', 'abc班级')).toBe(1);
  });

  test('an empty answer scores nothing, unless nothing was asked for', () => {
    expect(wordOverlap('', 'word')).toBe(0);
    expect(wordOverlap('...', '!')).toBe(1);
  });

  test('of two JSON texts it counts names and values, not marks', () => {
    expect(score('token_f1', '{"room":"hall","level":3}', '{"room": "hall", "level": 4}')).toBeCloseTo(
      0.75,
      12,
    );
  });

  test('lies between 0 and 1, is symmetric, and is 1 of a text with itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        const f1 = wordOverlap(a, b);
        expect(f1).toBeGreaterThanOrEqual(0);
        expect(f1).toBeLessThanOrEqual(1);
        expect(wordOverlap(b, a)).toBe(f1);
        expect(wordOverlap(a, a)).toBe(1);
      }),
    );
  });
});

describe('JSON metrics', () => {
  test('the answer is the JSON alone: no fence, no word around it', () => {
    for (const answer of [
      '```json\n{"a":1}\n```',
      'Sure: {"a":1}',
      '{"a":1}{"a":1}',
      "{'a':1}",
      '{"a":1,}',
      '',
      'null',
      '3',
    ])
      expect(score('json_valid', answer, '{"a":1}'), answer).toBe(0);
    expect(score('json_valid', ' {"b":[]}\n', '{"a":1}')).toBe(1);
  });

  test('json_match ignores spaces and the order of keys, and nothing else', () => {
    expect(score('json_match', '{ "b": [1, 2], "a": {"x": null} }', '{"a":{"x":null},"b":[1,2]}')).toBe(1);
    expect(score('json_match', '{"b":[2,1]}', '{"b":[1,2]}')).toBe(0);
    expect(score('json_match', '{"a":1}', '{"a":1,"b":null}')).toBe(0);
    expect(score('json_match', '{"a":"1"}', '{"a":1}')).toBe(0);
    expect(score('json_match', '{"__proto__":{"a":1}}', '{}')).toBe(0);
  });

  test('a JSON value matches itself however it is printed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
        const reference = JSON.stringify(value);
        const wanted: unknown = JSON.parse(reference);
        expect(score('json_match', JSON.stringify(wanted, null, 2), reference)).toBe(1);
      }),
    );
  });

  test('rows whose reference is prose do not count', () => {
    expect(score('json_valid', '{}', 'I cannot do this.')).toBeNull();
    expect(score('json_match', '42', '42')).toBeNull();
    expect(score('schema_valid', '{"endpoint":"x"}', 'I cannot do this.', CALL)).toBeNull();
  });

  test('schema_valid asks for JSON that obeys the schema', () => {
    const reference = '{"endpoint":"lights.dim"}';
    expect(score('schema_valid', '{"endpoint":"other"}', reference, CALL)).toBe(1);
    expect(score('schema_valid', '{"endpoint":3}', reference, CALL)).toBe(0);
    expect(score('schema_valid', '{"endpoint":"x","more":1}', reference, CALL)).toBe(0);
    expect(score('schema_valid', 'lights.dim', reference, CALL)).toBe(0);
  });
});

describe('preference', () => {
  test('the likelier answer of a pair is preferred, a tie counts half', () => {
    expect(measuresOf({ loss: 1, rejected: 1.5 })).toEqual({
      preference_accuracy: 1,
      preference_margin: 0.5,
      loss: 1,
    });
    expect(measuresOf({ loss: 2, rejected: 1.5 })).toMatchObject({
      preference_accuracy: 0,
      preference_margin: -0.5,
    });
    expect(measuresOf({ loss: 2, rejected: 2 })).toMatchObject({
      preference_accuracy: 0.5,
      preference_margin: 0,
    });
  });
  test('a row that is no pair has its loss alone, one without targets nothing', () => {
    expect(measuresOf({ loss: 1, rejected: null })).toEqual({ loss: 1 });
    expect(measuresOf({ loss: Number.NaN, rejected: null })).toEqual({});
  });
  test('a model that has diverged does not pass for one that prefers', () => {
    expect(measuresOf({ loss: Number.NaN, rejected: 1 })['preference_accuracy']).toBeNaN();
  });
  test('to prefer the other answer of each pair is to have the opposite margin', () => {
    const nll = fc.double({ min: 0, max: 50, noNaN: true });
    fc.assert(
      fc.property(nll, nll, (a, b) => {
        const [one, other] = [measuresOf({ loss: a, rejected: b }), measuresOf({ loss: b, rejected: a })];
        expect(one['preference_margin']! + other['preference_margin']!).toBe(0);
        expect(one['preference_accuracy']! + other['preference_accuracy']!).toBe(1);
      }),
    );
  });
});

describe('schemas', () => {
  test('each draft keeps its own meaning', () => {
    const tuple = [{ type: 'string' }, { type: 'number' }];
    const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'array', items: tuple };
    const draft2020 = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'array',
      prefixItems: tuple,
    };
    for (const schema of [
      draft7,
      draft2020,
      { type: 'array', items: tuple },
      { type: 'array', prefixItems: tuple },
    ]) {
      expect(items(schema, ['a', 1]), JSON.stringify(schema)).toBe(true);
      expect(items(schema, [1, 'a']), JSON.stringify(schema)).toBe(false);
    }
  });

  test('definitions inside the schema are followed', () => {
    const schema = {
      $defs: { n: { type: 'integer' } },
      type: 'object',
      properties: { n: { $ref: '#/$defs/n' } },
    };
    expect(items(schema, { n: 1 })).toBe(true);
    expect(items(schema, { n: 1.5 })).toBe(false);
  });

  test.each([
    ['no schema at all', { type: 'objekt' }],
    ['a document elsewhere', { $ref: 'https://example.com/call.json' }],
    ['another dialect', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['an asynchronous schema, whose answer would always be true', { $async: true, type: 'object' }],
  ])('%s is refused as an invalid recipe', (_, schema) => {
    expect(() => compileSchema(schema)).toThrow(expect.objectContaining({ code: 'invalid_recipe' }));
  });
});

describe('which metrics', () => {
  const everything = new Set(METRICS.map((m) => m.name));
  const decides = (
    references: string[],
    schema: SchemaCheck | null = null,
    measured = everything,
    pairs = 0,
  ) => decidingMetric({ references, schema, pairs }, measured)?.name ?? null;
  const call = '{"endpoint":"a"}';
  const prose = 'Rest the arm for two days and come back.';

  test('prose brings no JSON metrics, JSON without a schema no schema metric', () => {
    expect(named([prose])).toEqual(['exact_match', 'token_f1']);
    expect(named([call])).toEqual(['json_match', 'json_valid', 'exact_match', 'token_f1']);
    expect(named([call], CALL)[0]).toBe('schema_valid');
  });

  test('what decides follows from references and schema alone', () => {
    expect(decides([call], CALL)).toBe('schema_valid');
    expect(decides([prose], CALL)).toBe('token_f1');
    expect(decides([call, call, prose])).toBe('json_match');
    expect(decides([call, prose, prose])).toBe('token_f1');
    expect(decides(['positive', 'negative', 'not sure'])).toBe('exact_match');
    expect(decides([prose], null, new Set(['loss']))).toBe('loss');
    expect(decides([], null, new Set())).toBeNull();
  });

  test('of pairs that were to be told apart the preference decides, unless their answers can be checked', () => {
    expect(decides([prose], null, everything, 5)).toBe('preference_accuracy');
    expect(decides([], null, everything, 5)).toBe('preference_accuracy');
    expect(decides([call], null, everything, 5)).toBe('json_match');
  });
});
