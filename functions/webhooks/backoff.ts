/** When a delivery is tried again, and what an answer means. Pure. */

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Pause before each try; 75 hours in all. */
const SCHEDULE_MS = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** `retry-after`: seconds or a date; `null` where it says neither. */
export const parseRetryAfter = (header: string | null, now_ms: number): number | null => {
  if (header === null) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * second;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now_ms);
};

/** Milliseconds until the next try after `tries` of them, `null` when it is time to give up. */
export const pauseAfter = (tries: number, retry_after_ms: number | null = null): number | null => {
  const pause = SCHEDULE_MS[tries];
  if (pause === undefined) return null;
  return Math.min(24 * hour, Math.max(pause, retry_after_ms ?? 0));
};

export type Verdict = 'delivered' | 'disable' | 'again';

/** 2xx is success and nothing else is; 410 says that nobody lives here any more. */
export const judge = (status: number | null): Verdict => {
  if (status === null) return 'again';
  if (status >= 200 && status < 300) return 'delivered';
  return status === 410 ? 'disable' : 'again';
};
