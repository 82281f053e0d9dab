import type { Launcher } from './launcher.ts';
import { localLauncher } from './local.ts';

/** Value of `DROPTUNE_LAUNCHER` → launcher. */
export const LAUNCHERS = {
  local: localLauncher,
} as const satisfies Record<
  string,
  (options: { home: string; env: Readonly<Record<string, string | undefined>> }) => Launcher
>;
