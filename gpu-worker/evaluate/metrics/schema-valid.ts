import { parseJson } from './json.ts';
import type { Metric } from './metric.ts';
import type { SchemaCheck } from './schema.ts';

const obeys = (schema: SchemaCheck, text: string): boolean => {
  const parsed = parseJson(text);
  return parsed !== null && schema(parsed.value);
};

/** References that do not obey the schema ask for something else (a refusal, a question back): they do not count. */
export const schemaValid: Metric = {
  name: 'schema_valid',
  better: 'higher',
  unit: 'share',
  what: 'Share of answers that are one JSON document, with nothing around it, and satisfy the given JSON Schema; rows whose reference answer does not satisfy it are not counted.',
  applies: ({ schema, references }) => schema !== null && references.some((text) => obeys(schema, text)),
  leads: (facts) => schemaValid.applies(facts),
  score: ({ answer, reference, schema }) =>
    schema && obeys(schema, reference) ? Number(obeys(schema, answer)) : null,
};
