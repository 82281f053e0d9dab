import { parseStructure } from './json.ts';
import type { Metric } from './metric.ts';

export const jsonValid: Metric = {
  name: 'json_valid',
  better: 'higher',
  unit: 'share',
  what: 'Share of answers that are one JSON object or array with nothing around it, not even a code fence; counted on rows whose reference answer is one.',
  applies: ({ references }) => references.some((text) => parseStructure(text)),
  leads: () => false, // empty braces are valid JSON
  score: ({ answer, reference }) =>
    parseStructure(reference) ? Number(parseStructure(answer) !== null) : null,
};
