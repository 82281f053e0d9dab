import { isDeepStrictEqual } from 'node:util';
import { mostAreStructures, parseStructure } from './json.ts';
import type { Metric } from './metric.ts';

export const jsonMatch: Metric = {
  name: 'json_match',
  better: 'higher',
  unit: 'share',
  what: 'Share of answers that are the same JSON value as the reference answer: white space and the order of keys do not matter, everything else does; counted on rows whose reference answer is a JSON object or array.',
  applies: ({ references }) => references.some((text) => parseStructure(text)),
  leads: ({ references }) => mostAreStructures(references),
  score({ answer, reference }) {
    const wanted = parseStructure(reference);
    if (!wanted) return null;
    const given = parseStructure(answer);
    return Number(given !== null && isDeepStrictEqual(given.value, wanted.value));
  },
};
