/** Worker and engine are child processes that run `dist/`: builds it once before any test. Types are `npm run check`'s part. */
import { execFileSync } from 'node:child_process';

export const setup = (): void => {
  const root = new URL('../..', import.meta.url);
  execFileSync('npm', ['run', '--silent', 'build', '--', '--noCheck'], { cwd: root, stdio: 'inherit' });
};
