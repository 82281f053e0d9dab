/** What Function Compute's Node runtime does, in short: loads `index.js` with `require`, calls the initializer, then a handler
 *  for each event, a Buffer. Asked and answered over Node's own channel. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const code = createRequire(import.meta.url)(join(process.cwd(), 'index.js'));
process.on('message', async ({ id, handler, event, context }) => {
  try {
    const given = event === null ? [context] : [Buffer.from(event, 'base64'), context];
    process.send({ id, value: await code[handler](...given) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
