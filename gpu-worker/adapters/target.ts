import type { TargetModules } from '../../shared/contracts/method.ts';
import { AppError } from '../../shared/errors.ts';
import { linearsOf, type LinearSize } from '../models/linears.ts';
import type { Model } from '../models/model.ts';
import type { AdapterFile } from '../weights/peft.ts';

/** PEFT's rule: a module is meant by its full path or by the end of it; `all-linear` means every linear of a layer. */
export const isTarget = (path: string, targets: TargetModules): boolean =>
  targets === 'all-linear' || targets.some((t) => path === t || path.endsWith(`.${t}`));

const shortName = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const unique = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

/** The linears that are meant; none at all is a mistake, which is told with the names there are. */
export const targetsIn = (model: Model, targets: TargetModules): readonly LinearSize[] => {
  const all = linearsOf(model);
  const meant = all.filter(({ path }) => isTarget(path, targets));
  if (meant.length > 0) return meant;
  const known = unique(all.map(({ path }) => shortName(path)));
  throw new AppError(
    'invalid_recipe',
    `method.target_modules: ${String(targets)} names no linear of a ${model.model_type}; it has ${known.join(', ')}`,
  );
};

/** `target_modules` as PEFT's file lists them: what was asked for, or the short names of all linears. */
export const listed = (model: Model, targets: TargetModules): string[] =>
  targets === 'all-linear' ? unique(linearsOf(model).map(({ path }) => shortName(path))) : [...targets];

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
/** A key of `rank_pattern`: PEFT matches `(.*\.)?(key)$` and takes the key as a regular expression. */
export const fits = (path: string, pattern: string): boolean => {
  try {
    return new RegExp(`^(.*\\.)?(${pattern})$`).test(path);
  } catch {
    return new RegExp(`^(.*\\.)?(${escape(pattern)})$`).test(path);
  }
};

const moduleOf = (weight: string): string => weight.slice(0, weight.lastIndexOf('.'));

/** Refuses a file that adapts the head or the table: methods attach to the linears of the layers. */
export const refuseOutside = ({ dir, tensors }: AdapterFile, { head, embedding }: Model): void => {
  for (const module of [head.use, embedding.table].map(moduleOf)) {
    const [path, whole] = [`base_model.model.${module}.`, `base_model.model.${module}.weight`];
    if ([...tensors.keys()].some((name) => name.startsWith(path) && name !== whole))
      throw new AppError(
        'unsupported_model',
        `${dir}: ${module} is adapted; the onnx engine adapts the linears of the layers, and trains ${module} whole (modules_to_save)`,
      );
  }
};

/** Module paths whose adapter file has a tensor `…<path>.<part>`. */
export const modulesWith = (names: Iterable<string>, part: string): string[] => {
  const [prefix, suffix] = ['base_model.model.', `.${part}`];
  return [...names]
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => name.slice(prefix.length, -suffix.length));
};
