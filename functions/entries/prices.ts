/** The price table: which machines there are, how quick and how dear. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Env } from '../../shared/contracts/env.ts';
import { PriceRow } from '../../shared/contracts/estimate.ts';
import { AppError } from '../../shared/errors.ts';
import { readShipped } from '../../shared/shipped.ts';

/** Throws `invalid_request` that names the row and the key at fault. */
export const readPrices = async ({
  DROPTUNE_PRICES: own,
}: Pick<Env, 'DROPTUNE_PRICES'>): Promise<PriceRow[]> => {
  const path = own ?? 'infra/prices.json';
  const wrong = (cause: unknown, what: string): never => {
    throw new AppError('invalid_request', `The price table ${path} cannot be used: ${what}`, {
      cause,
      hint: 'infra/prices.json shows what a row needs; DROPTUNE_PRICES names the file.',
    });
  };
  const read = own === undefined ? readShipped(path) : readFile(path, 'utf8');
  const text = await read.catch((cause: unknown) => wrong(cause, 'it cannot be read'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return wrong(cause, 'it is no JSON');
  }
  const parsed = z.array(PriceRow).min(1).safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return wrong(parsed.error, `${issue?.path.join('.')}: ${issue?.message}`);
};
