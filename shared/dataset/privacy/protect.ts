/** An examined row without what the recipe does not want in it, and excerpts that do not show it. */
import type { Privacy } from '../../contracts/privacy.ts';
import { judged, type Examined, type Fault } from '../examine.ts';
import { guardRow, type PersonalPlace } from './guard.ts';
import { maskedFrom, valuesOf } from './mask.ts';
import { modeOf, placeholder, type Terms } from './treat.ts';

export type Protected = {
  readonly examined: Examined;
  readonly personal: readonly { readonly type: PersonalPlace['type']; readonly pointer: string }[];
};

/** Key names alone are shown by these, and they come with every row of a file. */
const NAMES_ONLY: ReadonlySet<string> = new Set(['unused_keys', 'unknown_shape', 'unsupported_shape']);

const maskFaults = (faults: readonly Fault[], input: unknown): readonly Fault[] => {
  if (faults.every(({ code }) => NAMES_ONLY.has(code))) return faults;
  const values = valuesOf(input);
  if (values.length === 0) return faults;
  return faults.map((fault) => ({ ...fault, excerpt: maskedFrom(fault.excerpt, values) }));
};

const rejection = (found: Protected['personal'], privacy: Privacy): readonly Fault[] =>
  found
    .filter(({ type }) => modeOf(privacy, type) === 'reject')
    .map(({ type, pointer }) => ({ code: 'personal_data', pointer, excerpt: placeholder(type) }));

/** `input` is the row as it came. */
export const protect = (examined: Examined, input: unknown, terms: Terms): Protected => {
  const { shape, row, faults, place, traits } = examined;
  const shown = maskFaults(faults, input);
  if (!row) return { examined: { ...examined, faults: shown }, personal: [] };
  const guarded = guardRow(row, terms);
  const personal = guarded.found.map(({ type, message, below }) => ({
    type,
    pointer: place(message, below),
  }));
  if (guarded.found.length === 0 && shown === faults) return { examined, personal };
  const all = [...shown, ...rejection(personal, terms.privacy)];
  return { examined: judged(shape, guarded.row, all, { place, traits }), personal };
};
