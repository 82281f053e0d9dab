/** The bundle for AWS in Lambda's runtime, alone in its folder. */
import { afterAll, describe, expect, test } from 'vitest';
import { type Lambda, startLambda } from '../../helpers/lambda.ts';

const started: Lambda[] = [];
const lambda = async (...given: Parameters<typeof startLambda>): Promise<Lambda> => {
  const one = await startLambda(...given);
  started.push(one);
  return one;
};
afterAll(() => Promise.all(started.map((one) => one.stop())));

describe('a function that is not set up', () => {
  test('names everything that is missing, in every call and in its log', async () => {
    const { invoke, logged } = await lambda('index.api', { DROPTUNE_STORAGE: 'oss://b' });
    const said = [
      'DATABASE_URL is not set: PostgreSQL, since an embedded database belongs to one process',
      'DROPTUNE_ADMIN_KEY is not set: a long random text, the bearer key of the API',
      'DROPTUNE_WEBHOOK_SECRET is not set: whsec_ and the base64 of 24 to 64 bytes',
      'DROPTUNE_STORAGE: this bundle has no driver for oss: only for s3, file',
      'DROPTUNE_LAUNCHER: local starts processes, and they end with the function: name another',
    ];
    for (let i = 0; i < 2; i++)
      await expect(invoke({})).rejects.toThrow(`The function cannot start. ${said.join('. ')}`);
    expect(logged.join('')).toContain('"level":"error","message":"The function cannot start. DATABASE_URL');
  });
});
