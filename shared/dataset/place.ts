/** Where something is in a row, and a glimpse of it. */

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that says nothing: absent, null, or an empty list. */
export const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const LONGEST = 120;

/** The beginning of a text, at most 120 UTF-16 units, never half a surrogate pair. */
export const clip = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** At most 120 characters of a value; lists and objects by what they hold, since they may be of any size. */
export const excerptOf = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return clip(JSON.stringify(value.slice(0, LONGEST + 1)));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isFields(value)) return clip(`an object of ${Object.keys(value).slice(0, 20).join(', ') || 'nothing'}`);
  return clip(String(value));
};

/** One step of a JSON pointer, https://www.rfc-editor.org/rfc/rfc6901 */
export const step = (key: string | number): string =>
  typeof key === 'number' ? `/${key}` : `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
