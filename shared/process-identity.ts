/** A process is its number and its start: the system gives a dead process's number to another. */
import { readFileSync } from 'node:fs';

export type ProcessIdentity = { readonly pid: number; readonly started: string };

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: after the name in brackets, state is field 3, starttime field 22
const fromProc = (pid: number): { state: string; started: string } | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return null;
  }
};

const answers = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The live process with this number, `null` where there is none; `started` is empty where the system does not tell. */
export const identify = (pid: number): ProcessIdentity | null => {
  const seen = fromProc(pid);
  if (seen) return seen.state === 'Z' ? null : { pid, started: seen.started };
  return answers(pid) ? { pid, started: '' } : null;
};

export const isAlive = ({ pid, started }: ProcessIdentity): boolean => {
  const now = identify(pid);
  return now !== null && (now.started === started || now.started === '' || started === '');
};
