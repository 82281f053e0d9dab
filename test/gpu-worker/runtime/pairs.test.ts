import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sumsPairs } from '../../../gpu-worker/runtime/pairs.ts';
import { openSessions } from '../../../gpu-worker/runtime/session.ts';

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'pairs of bytes are summed exactly where the processor has VNNI, and with saturation where it has not',
  async () => {
    const sessions = openSessions({ threads: 1 });
    const vnni = /\b(?:avx512_vnni|avx_vnni)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
    expect(await sumsPairs(sessions)).toBe(vnni);
    await sessions.release();
  },
);
