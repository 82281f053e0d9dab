/** The peers' side: where the scripts are, and a Python that can run them. */
import { execFileSync } from 'node:child_process';

export const ROOT = new URL('../../..', import.meta.url).pathname; // from dist/test/bench

/** Path of the interpreter; the first time its environment is made, which takes minutes. */
export const pythonOf = (): string =>
  execFileSync('bash', [`${ROOT}test/python/prepare.sh`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
