import { describe, expect, test } from 'vitest';
import { apiBench, createJob as create, idsOf, JOBS, upload } from '../../helpers/api.ts';
import { faq } from '../../helpers/control-plane.ts';

await apiBench(); // a database boots in its own time, not in a test's

describe('creating', () => {
  test.each([
    ['an unknown field', { modle: 'x' }, 'modle'],
    ['an unknown hyperparameter', { hyperparameters: { epochs: 3 } }, 'hyperparameters.epochs'],
    ['too many epochs', { hyperparameters: { n_epochs: 51 } }, 'hyperparameters.n_epochs'],
    ['a method that is not offered', { method: { type: 'reinforcement' } }, 'method.type'],
    ['a seed below zero', { seed: -1 }, 'seed'],
    ['a long suffix', { suffix: 'x'.repeat(65) }, 'suffix'],
    [
      'seventeen pairs',
      { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])) },
      'metadata',
    ],
    ['an integration', { integrations: [{ type: 'wandb', wandb: { project: 'p' } }] }, 'integrations'],
    ['a file that is not there', { training_file: 'file-nothing' }, 'training_file'],
    ['a model of no name', { model: '' }, 'model'],
  ])('refuses %s with 400 and its name', async (_, more: Record<string, unknown>, param) => {
    const b = await apiBench();
    const { status, body } = await create(b, more);
    expect([status, body.error.type, body.error.param]).toEqual([400, 'invalid_request_error', param]);
    expect(idsOf(await b.ask(JOBS))).toEqual([]);
  });

  test('refuses a recipe that cannot be, with the key at fault', async () => {
    const b = await apiBench();
    const { status, body } = await create(b, { x_recipe: { training: { n_epoch: 3 } } });
    expect([status, body.error.code]).toEqual([422, 'invalid_recipe']);
    expect(body.error.message).toContain('n_epoch');
  });

  test('takes what it does not know below x_, and hyperparameters from either place', async () => {
    const b = await apiBench();
    const supervised = { hyperparameters: { n_epochs: 2, batch_size: 'auto' } };
    const { status, body } = await create(b, {
      x_note: { any: 'thing' },
      x_project: 'acme',
      method: { type: 'supervised', supervised },
    });
    expect([status, body.hyperparameters.n_epochs, body.x_project]).toEqual([200, 2, 'acme']);
    expect((await create(b, { hyperparameters: { n_epochs: 4 } })).body.hyperparameters.n_epochs).toBe(4);
  });

  test('takes DPO with its beta, and says so in the job', async () => {
    const b = await apiBench();
    const dpo = { hyperparameters: { n_epochs: 2, beta: 0.3 } };
    const { status, body } = await create(b, { method: { type: 'dpo', dpo } });
    expect([status, body.hyperparameters.n_epochs]).toEqual([200, 2]);
    expect(body.method).toMatchObject({ type: 'dpo', dpo: { hyperparameters: { n_epochs: 2, beta: 0.3 } } });
    expect(body.x_recipe.objective).toMatchObject({ type: 'dpo', beta: 0.3 });
    const more = { method: { type: 'dpo' }, x_recipe: { objective: { type: 'dpo', loss_type: 'ipo' } } };
    expect((await create(b, more)).body.x_recipe.objective).toMatchObject({ loss_type: 'ipo', beta: 'auto' });
  });

  test.each([
    ['a beta beyond two', { method: { type: 'dpo', dpo: { hyperparameters: { beta: 3 } } } }, /beta/],
    [
      'a beta for imitation',
      { method: { type: 'supervised', supervised: { hyperparameters: { beta: 1 } } } },
      /beta/,
    ],
    [
      'a method and another objective',
      { method: { type: 'dpo' }, x_recipe: { objective: { type: 'kto' } } },
      /leave one/,
    ],
  ])('refuses %s', async (_, more: Record<string, unknown>, said) => {
    const { status, body } = await create(await apiBench(), more);
    expect([status, body.error.type]).toEqual([400, 'invalid_request_error']);
    expect(body.error.message).toMatch(said);
  });

  test('leaves the objective to the rows where nobody names one', async () => {
    const b = await apiBench();
    expect((await create(b, {})).body.x_recipe.objective).toEqual({ type: 'auto' });
    expect((await create(b, { method: { type: 'supervised' } })).body.x_recipe.objective).toEqual({
      type: 'sft',
    });
  });

  test.each([['{'], [''], ['[]'], ['"x"']])('refuses the body %j', async (body) => {
    const b = await apiBench();
    expect((await b.ask(JOBS, { method: 'POST', body })).status).toBe(400);
  });

  test('with one idempotency key makes one job', async () => {
    const b = await apiBench();
    const { id: training_file } = (await upload(b, faq())).body;
    const key = { 'idempotency-key': 'order-7' };
    const made = await Promise.all(Array.from({ length: 5 }, () => create(b, { training_file }, key)));
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1);
    const other = await create(b, { training_file }, { 'idempotency-key': 'order-8' });
    expect(other.body.id).not.toBe(made[0]!.body.id);
  });

  test('repeated by a client that got no answer is the first job; asked twice on purpose it is two', async () => {
    const b = await apiBench();
    const { id: training_file } = (await upload(b, faq())).body;
    const [first, repeated] = await Promise.all([
      create(b, { training_file }),
      create(b, { training_file }, { 'x-stainless-retry-count': '1' }),
    ]);
    expect(repeated.body.id).toBe(first.body.id);
    const again = await create(b, { training_file }, { 'x-stainless-retry-count': '0' });
    expect(again.body.id).not.toBe(first.body.id);
    const other = await create(b, { training_file, seed: 1 }, { 'x-stainless-retry-count': '1' });
    expect(idsOf(await b.ask(JOBS))).toContain(other.body.id);
    expect(idsOf(await b.ask(JOBS))).toHaveLength(3);
  });
});
