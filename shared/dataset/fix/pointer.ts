/** Values by JSON pointer, https://www.rfc-editor.org/rfc/rfc6901 */
import { isFields } from '../place.ts';

const stepsOf = (pointer: string): readonly string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const inner = (value: unknown, step: string): unknown => {
  if (Array.isArray(value)) return value[Number(step)] as unknown;
  return isFields(value) && Object.hasOwn(value, step) ? value[step] : undefined;
};

export const at = (value: unknown, pointer: string): unknown => stepsOf(pointer).reduce(inner, value);

/** A copy with `next` at that place; the value itself where there is no such place. */
export const withAt = (value: unknown, pointer: string, next: unknown): unknown => {
  const put = (here: unknown, [step, ...rest]: readonly string[]): unknown => {
    if (step === undefined) return next;
    if (inner(here, step) === undefined) return here;
    const changed = put(inner(here, step), rest);
    if (Array.isArray(here)) return here.with(Number(step), changed);
    return { ...(here as object), [step]: changed };
  };
  return put(value, stepsOf(pointer));
};
