/** The value of a text that is one JSON document and nothing else, null where it is not. */
export const parseJson = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
};

/** As `parseJson`, objects and arrays only: a bare 42 or "yes" is JSON by accident. */
export const parseStructure = (text: string): { readonly value: object } | null => {
  const value = parseJson(text)?.value;
  return typeof value === 'object' && value !== null ? { value } : null;
};

export const mostAreStructures = (texts: readonly string[]): boolean =>
  texts.length > 0 && texts.filter((text) => parseStructure(text)).length * 2 >= texts.length;
