/** Thousands of changed files through the front door: how many were answered as they must be, and how much of the CPU the slowest
 *  took. `--cases N` (20,000), `--seed S`. */
import { parseArgs } from 'node:util';
import * as fc from 'fast-check';
import { fuzzCases, wrongWith, type Case } from '../shared/dataset/corpus/fuzz.ts';

const LONG_MS = 10_000;

const failure = async (file: Case): Promise<string | null> => {
  try {
    return await wrongWith(file);
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
};

export const benchFuzz = async (argv: readonly string[]): Promise<object> => {
  const { values } = parseArgs({
    args: [...argv],
    options: { cases: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  });
  const [cases, seed] = [Number(values.cases), Number(values.seed)];
  const wrong: object[] = [];
  let [done, longest, bytes] = [0, 0, 0];
  const begun = performance.now();
  for (let batch = 0; done < cases; batch++) {
    const size = Math.min(500, cases - done);
    for (const [i, file] of fc.sample(fuzzCases, { numRuns: size, seed: seed + batch }).entries()) {
      const from = process.cpuUsage();
      const why = await failure(file);
      const { user, system } = process.cpuUsage(from); // of this process: what others do does not count
      const ms = (user + system) / 1000;
      longest = Math.max(longest, ms);
      bytes += file.body.length;
      if (why === null && ms <= LONG_MS) continue;
      wrong.push({ seed: seed + batch, i, file: file.file, ms: Math.round(ms), why });
      process.stderr.write(`${JSON.stringify(wrong.at(-1))}\n`);
    }
    done += size;
    process.stderr.write(
      `${done} of ${cases}, ${wrong.length} wrong, longest ${Math.round(longest)} ms of CPU\n`,
    );
  }
  const seconds = Math.round((performance.now() - begun) / 1000);
  const rss_mb = Math.round(process.resourceUsage().maxRSS / 1024);
  return {
    cases: done,
    wrong: wrong.length,
    first: wrong.slice(0, 10),
    longest_cpu_ms: Math.round(longest),
    bytes,
    seconds,
    rss_mb,
  };
};
