import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { continued } from '../../../functions/entries/cli/init-from.ts';
import { Recipe } from '../../../shared/contracts/recipe.ts';
import { temporary } from '../../helpers/database.ts';

const folder = temporary('init-from');
const put = (path: string, text: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};
put('tuned/adapter/adapter_config.json', '{"peft_type": "IA3", "target_modules": ["k_proj"]}');
put('whole/config.json', '{}');
put('broken/adapter_config.json', '{');

const of = (name: string) =>
  continued(
    Recipe.parse({ method: { type: 'ia3', init_from: relative(process.cwd(), join(folder, name)) } }),
  );

test('a folder as seen from where the command runs becomes its full path, and gives its settings', async () => {
  const { recipe, reasons } = await of('tuned/adapter');
  const init_from = join(folder, 'tuned/adapter');
  expect(recipe.method).toEqual({ type: 'ia3', target_modules: ['k_proj'], init_from });
  expect(reasons).toMatchObject([{ key: 'method.target_modules', value: ['k_proj'] }]);
});

test.each([
  ['nowhere', `there is no folder ${join(folder, 'nowhere')}`, 'as seen from where the command is run'],
  ['tuned', 'has no adapter_config.json', `The adapter is in ${join(folder, 'tuned/adapter')}.`],
  ['whole', 'has no adapter_config.json', 'give it as --base'],
  ['broken', 'adapter_config.json is not JSON', ''],
])('%s is refused, and what to do is said', async (name, message, hint) => {
  await expect(of(name)).rejects.toMatchObject({
    code: 'invalid_recipe',
    message: expect.stringContaining(message),
    details: { hint: expect.stringContaining(hint) },
  });
});
