/** Preference data that other people wrote, through templates of real models, on the letters of the tiny tokenizer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../shared/contracts/row.ts';
import { encodeExamples } from '../../../shared/text/examples.ts';
import { renderPrompt } from '../../../shared/text/template.ts';
import { drop } from '../dataset/drop.ts';
import { tokenizer, withTemplate } from '../../helpers/tiny-tokenizer.ts';

const data = new URL('../../../../shared/data/', import.meta.url).pathname;
const templates = `${data}chat-template-vectors/templates/`;
const ROWS = 15;
/** A template for tools writes nothing without them. */
const names = existsSync(templates)
  ? readdirSync(templates).filter((name) => !name.includes('tool_use'))
  : [];

const rowsOf = async (name: string): Promise<Row[]> => {
  const path = `llama-factory/${name}.json`;
  const { rows } = await drop({ file: path, body: readFileSync(data + path) });
  return rows.flatMap(({ row }) => row ?? []);
};

const promptLength = (weights: Float32Array): number => weights.findIndex((weight) => weight > 0);

describe.skipIf(!existsSync(data))('real preferences (skipped where ../shared/data is absent)', () => {
  test.each(names)('of every pair both answers follow one prompt: %s', async (file) => {
    const by = withTemplate(readFileSync(templates + file, 'utf8'), { bos_token: '<bos>' });
    // some of these templates refuse a system message
    const plain = (await rowsOf('dpo_en_demo')).filter(
      (row) => row.kind === 'preference' && row.messages[0]!.role === 'user',
    );
    expect(plain.length).toBeGreaterThan(ROWS);
    for (const row of plain.slice(0, ROWS)) {
      const { rows } = encodeExamples(by, row, { objective: 'dpo', maxLength: 100_000, compared: false });
      expect(rows).toHaveLength(2);
      const [chosen, rejected] = rows as [(typeof rows)[number], (typeof rows)[number]];
      const n = promptLength(chosen.weights);
      expect(promptLength(rejected.weights)).toBe(n);
      expect(chosen.ids.slice(0, n)).toEqual(rejected.ids.slice(0, n));
      expect(chosen.weights.slice(n).every((weight) => weight === 1)).toBe(true);
      expect(by.decode(chosen.ids.slice(0, n))).toBe(by.decode(renderPrompt(by, row).promptIds));
    }
  });

  test('every labelled answer is one row with its label', async () => {
    const rows = await rowsOf('kto_en_demo');
    const written = JSON.parse(readFileSync(`${data}llama-factory/kto_en_demo.json`, 'utf8')) as {
      label: boolean;
    }[];
    const labels = rows.flatMap((row) =>
      encodeExamples(tokenizer, row, { objective: 'kto', maxLength: 100_000, compared: false }).rows.map(
        ({ desirable }) => desirable,
      ),
    );
    expect(labels).toEqual(written.map(({ label }) => label));
  });
});
