/** What one step of reading a delivery can find. */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';

export type Found =
  | {
      readonly kind: 'object';
      readonly bucket: string;
      /** decoded */
      readonly key: string;
      /** the key if it was encoded after all, where the source does not say whether it encodes */
      readonly or_key?: string | undefined;
      readonly tag?: string | undefined;
      readonly bytes?: number | undefined;
    }
  /** an envelope: what is in it is read in its turn; texts are JSON, or the base64 of it */
  | { readonly kind: 'inner'; readonly payload: unknown }
  | { readonly kind: 'ignored'; readonly why: string };

export type Fields = Readonly<Record<string, unknown>>;

/** A form in which somebody tells of objects. Pure. */
export type EventSource = {
  readonly name: string;
  /** What the payload says, `null` where it has another form. Throws `invalid_request` where it has this one and is broken. */
  read(payload: Fields): readonly Found[] | null;
};

export const ignored = (why: string): readonly Found[] => [{ kind: 'ignored', why }];
export const inner = (...payloads: readonly unknown[]): readonly Found[] =>
  payloads.map((payload) => ({ kind: 'inner', payload }));

/** Which object an event of S3 or of OSS is about. */
export const Place = z.looseObject({
  bucket: z.looseObject({ name: z.string().min(1) }),
  object: z.looseObject({
    key: z.string().min(1),
    size: z.number().optional(),
    eTag: z.string().optional(),
  }),
});

/** The payload through its contract. Throws `invalid_request` that names the field at fault. */
export const parseAs = <T extends z.ZodType>(form: string, contract: T, payload: unknown): z.output<T> => {
  const parsed = contract.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError(
    'invalid_request',
    `A broken event (${form}): ${issue?.path.join('.')}: ${issue?.message}`,
  );
};

/** As `storage.head` has it: `"68EF…"` → `68ef…` */
export const plainTag = (etag: string | undefined): string | undefined =>
  etag?.replaceAll('"', '').toLowerCase() || undefined;

/** `a+b%20c` → `a b c`, as HTML forms encode; `null` for what nobody has encoded. */
export const formDecoded = (key: string): string | null => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return null;
  }
};
