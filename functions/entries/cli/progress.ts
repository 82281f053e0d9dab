/** A run's progress: one line that is drawn again on a terminal, a plain line every few seconds elsewhere. */
import type { Progress } from '../../../shared/contracts/event.ts';
import type { Paint, Terminal } from './terminal.ts';
import { paint } from './terminal.ts';

const PHASES: Record<Progress['phase'], string> = {
  prepare: 'preparing',
  evaluate_base: 'testing base',
  train: 'training',
  evaluate_tuned: 'testing tuned',
  save: 'saving',
};
const PLAIN_EVERY_MS = 5000;
const LIVE_EVERY_MS = 100;
const BAR = 24;

const two = (n: number): string => String(n).padStart(2, '0');

/** `8 s`, `2:05`, `1:02:05`. */
export const formatDuration = (seconds: number): string => {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const [hours, minutes] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(s % 60)}` : `${minutes}:${two(s % 60)}`;
};

const bar = (share: number, color: Paint): string => {
  const full = Math.min(BAR, Math.max(0, Math.round(share * BAR)));
  return color('cyan', '━'.repeat(full)) + color('dim', '─'.repeat(BAR - full));
};

const figures = ({ loss, eval_loss, tokens_per_second, eta_seconds }: Progress): string[] => [
  ...(loss === null ? [] : [`loss ${loss.toFixed(3)}`]),
  ...(eval_loss === null ? [] : [`held-out ${eval_loss.toFixed(3)}`]),
  ...(tokens_per_second === null ? [] : [`${Math.round(tokens_per_second)} tokens/s`]),
  ...(eta_seconds === null ? [] : [`ETA ${formatDuration(eta_seconds)}`]),
];

/** One line about a moment of a run; with a bar for a screen, without for a file. */
export const progressLine = (
  progress: Progress,
  { live, color }: { live: boolean; color: boolean },
): string => {
  const { phase, step, steps } = progress;
  const share = steps > 0 ? Math.min(1, step / steps) : 0;
  const at = steps > 0 ? [`${Math.floor(share * 100)} % ${step}/${steps}`] : [];
  const name = PHASES[phase];
  return [
    live ? name.padEnd(13) : name,
    ...(live && steps > 0 ? [bar(share, paint(color))] : []),
    ...at,
    ...figures(progress),
  ].join('  ');
};

/** The characters that are seen: colours take no room. */
// oxlint-disable-next-line eslint/no-control-regex -- an escape sequence begins with the control character
const visible = (text: string): number => text.replaceAll(/\u001b\[\d+m/g, '').length;

export type ProgressView = {
  /** Shows where a run is; when nothing changed or too little time passed, nothing. */
  show(progress: Progress): void;
  /** A line of its own that stays. */
  say(text: string): void;
  /** Leaves the last state standing. */
  close(): void;
};

export const progressView = (terminal: Terminal, now: () => number = Date.now): ProgressView => {
  const { live, color, columns } = terminal;
  let drawn = '';
  let last = { text: '', phase: '', at: -Infinity };
  const wipe = (): void => {
    if (drawn) terminal.err('\r\u001b[K');
    drawn = '';
  };
  const draw = (text: string): void => {
    // a line that is too long would wrap, and then `\r` would not reach its beginning
    drawn = visible(text) < columns ? text : text.slice(0, Math.max(0, columns - 1));
    terminal.err(`\r\u001b[K${drawn}`);
  };
  return {
    show(progress) {
      const long = visible(progressLine(progress, { live, color: false })) >= columns;
      const text = progressLine(progress, { live, color: color && !long });
      const changed = progress.phase !== last.phase;
      const wait = live ? LIVE_EVERY_MS : PLAIN_EVERY_MS;
      if (text === last.text || (!changed && now() - last.at < wait)) return;
      last = { text, phase: progress.phase, at: now() };
      if (live) draw(text);
      else terminal.err(`${text}\n`);
    },
    say(text) {
      const again = drawn;
      wipe();
      terminal.err(`${text}\n`);
      if (again) draw(again);
    },
    close() {
      if (drawn) terminal.err('\n');
      drawn = '';
    },
  };
};
