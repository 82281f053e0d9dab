/** JSON Schema, https://json-schema.org: drafts 07, 2019-09 and 2020-12. `format` is an annotation and refuses nothing. */
import { Ajv, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { AppError } from '../../../shared/errors.ts';

/** Whether a JSON value obeys the schema. */
export type SchemaCheck = (value: unknown) => boolean;

const OPTIONS: Options = { strict: false, validateFormats: false, logger: false };
const DIALECTS = [
  { uri: /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, open: () => new Ajv2020(OPTIONS) },
  { uri: /^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/, open: () => new Ajv2019(OPTIONS) },
  { uri: /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, open: () => new Ajv(OPTIONS) },
] as const;

const dialectsOf = (schema: Readonly<Record<string, unknown>>) => {
  const named = schema['$schema'];
  if (named === undefined) return [DIALECTS[0], DIALECTS[2]]; // the newest, unless only the older one accepts it
  const uri = typeof named === 'string' ? named : JSON.stringify(named);
  const dialect = DIALECTS.find((row) => row.uri.test(uri));
  if (dialect) return [dialect];
  throw new AppError(
    'invalid_recipe',
    `evaluation.schema names the dialect ${uri}: use draft-07, 2019-09 or 2020-12`,
    { schema: uri },
  );
};

/** Throws `invalid_recipe` where the schema is none, names another dialect, or refers to a document outside itself. */
export const compileSchema = (schema: Readonly<Record<string, unknown>>): SchemaCheck => {
  if (schema['$async'])
    throw new AppError(
      'invalid_recipe',
      'evaluation.schema has "$async": remove it, answers are judged alone',
    );
  let refusal: unknown;
  for (const dialect of dialectsOf(schema))
    try {
      const validate = dialect.open().compile(schema);
      return (value) => validate(value);
    } catch (cause) {
      refusal ??= cause;
    }
  const why = refusal instanceof Error ? refusal.message : String(refusal);
  throw new AppError('invalid_recipe', `evaluation.schema is not a usable JSON Schema: ${why}`, {
    cause: refusal,
  });
};
