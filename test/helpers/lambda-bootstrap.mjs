/** What Lambda's Node runtime does, in short: loads `_HANDLER` from `LAMBDA_TASK_ROOT`, then asks for one event after the other.
 *  https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API, _HANDLER = '', LAMBDA_TASK_ROOT = '' } = process.env;
const api = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, value) =>
  fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(value ?? null) }).then((answer) =>
    answer.text(),
  );
const told = ({ name, message, stack = '' }) => ({
  errorType: name,
  errorMessage: message,
  stackTrace: stack.split('\n'),
});

const [file, name] = _HANDLER.split('.');
let handler;
try {
  handler = (await import(pathToFileURL(join(LAMBDA_TASK_ROOT, `${file}.mjs`)).href))[name];
  if (typeof handler !== 'function') throw new TypeError(`${_HANDLER} is undefined or not exported`);
} catch (error) {
  await post('init/error', told(error));
  process.exit(1);
}

for (;;) {
  const next = await fetch(`${api}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const deadline_ms = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { awsRequestId: id, getRemainingTimeInMillis: () => deadline_ms - Date.now() };
  try {
    const answer = await handler(await next.json(), context);
    await post(`invocation/${id}/response`, answer);
  } catch (error) {
    await post(`invocation/${id}/error`, told(error));
  }
}
