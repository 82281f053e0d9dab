/** What `check --json` prints and `datasets/<id>/report.json` holds. */
import { z } from 'zod';
import { PersonalType, PrivacyMode } from './privacy.ts';
import { Shape } from './recipe.ts';

const Severity = z.enum(['error', 'warning', 'info']);

const Place = z.strictObject({
  file: z.string(),
  line: z.int().min(1).nullable(),
  /** JSON pointer (RFC 6901) into the row, or a column name */
  pointer: z.string(),
  excerpt: z.string(),
});
export type Place = z.infer<typeof Place>;

export const Problem = z.strictObject({
  code: z.string(),
  severity: Severity,
  /** exact; `places` holds the first hundred */
  count: z.int().min(1),
  message: z.string(),
  fix: z.string(),
  fixable: z.boolean(),
  places: z.array(Place).max(100),
});
export type Problem = z.infer<typeof Problem>;

/** Personal data or secrets of one type: where they stand, never what they are. */
export const Personal = z.strictObject({
  type: PersonalType,
  /** exact; `places` holds the first hundred */
  count: z.int().min(1),
  /** what the recipe has had done with them */
  mode: PrivacyMode,
  places: z.array(Place.omit({ excerpt: true })).max(100),
});
export type Personal = z.infer<typeof Personal>;

/** in = train + held_out + dropped + duplicate + quarantined; truncated rows are counted inside train. */
export const RowCounts = z.strictObject({
  in: z.int().min(0),
  train: z.int().min(0),
  held_out: z.int().min(0),
  dropped: z.int().min(0),
  duplicate: z.int().min(0),
  quarantined: z.int().min(0),
  truncated: z.int().min(0),
});
export type RowCounts = z.infer<typeof RowCounts>;

/** What `check --fix` did. in = unchanged + mended + duplicate + left_out; rows of the last two are not in the new file. */
export const FixReport = z.strictObject({
  rows: z.strictObject({
    in: z.int().min(0),
    unchanged: z.int().min(0),
    mended: z.int().min(0),
    duplicate: z.int().min(0),
    left_out: z.int().min(0),
  }),
  /** what was mended, where it stood in the input */
  mended: z.array(Problem),
  /** why rows are not in the new file, or reading ended */
  left_out: z.array(Problem),
});
export type FixReport = z.infer<typeof FixReport>;

export const DatasetReport = z.strictObject({
  version: z.literal(1),
  status: z.enum(['ready', 'rejected']),
  /** the commonest shape, null where no row had one */
  shape: Shape.nullable(),
  shapes: z.partialRecord(Shape, z.int()),
  /** rows that are used, by what can be learnt from them; absent in reports from before there was more than one */
  kinds: z.partialRecord(z.enum(['chat', 'text', 'preference', 'kto']), z.int()).optional(),
  rows: RowCounts,
  problems: z.array(Problem),
  /** findings by type; absent in reports from before they were looked for, as is `privacy` */
  personal: z.partialRecord(PersonalType, z.int().min(1)).optional(),
  privacy: z.array(Personal).optional(),
  files: z.array(
    z.strictObject({
      file: z.string(),
      role: z.enum(['train', 'valid']),
      bytes: z.int(),
      encoding: z.string(),
    }),
  ),
  /** characters of the longest and the median row, and their sum, over train rows; bins[i] counts rows of i·step + 1 to
   *  (i + 1)·step characters, the last one all longer rows as well (absent in reports from before they were counted) */
  characters: z.strictObject({
    median: z.number(),
    max: z.int(),
    total: z.int(),
    step: z.int().min(1).optional(),
    bins: z.array(z.int().min(0)).optional(),
  }),
  /** what `check --fix` did before these rows were read */
  fix: FixReport.optional(),
});
export type DatasetReport = z.infer<typeof DatasetReport>;
