import type { TargetModules } from '../../shared/contracts/method.ts';

/** PEFT's rule: a module is meant by its full path or by the last part of it; `all-linear` means every linear of a layer. */
export const isTarget = (path: string, targets: TargetModules): boolean =>
  targets === 'all-linear' || targets.some((t) => path === t || path.endsWith(`.${t}`));
