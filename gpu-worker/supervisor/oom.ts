import { readFileSync } from 'node:fs';

// https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files; vmstat counts the whole system's
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/proc/vmstat'];

/** How many processes the system has killed for memory so far, null where it does not tell. */
export const oomKills = (): number | null => {
  const counts = COUNTERS.flatMap((path) => {
    try {
      const match = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'));
      return match ? [Number(match[1])] : [];
    } catch {
      return [];
    }
  });
  return counts.length > 0 ? counts.reduce((a, b) => a + b, 0) : null;
};
