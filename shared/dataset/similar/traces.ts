/** What of each row is kept to find rows like it: bands, sketch and grams, made batch by batch and left in the spill. */
import { blockOf } from '../block-of.ts';
import type { Row } from '../../contracts/row.ts';
import type { Spill } from '../spill.ts';
import { gramsOf } from './grams.ts';
import { comparedTexts, unitsOf } from './normal.ts';
import { BINS } from './shingles.ts';
import { bandHash, binsPerBand, sketchOf } from './sketch.ts';

/** Of the grams of a row every fourth is kept: a run of 16 words that two rows share is seen for certain. */
export const STRIDE = 4;

export type Traces = {
  /** of each band the hashes of all rows, band after band */
  readonly bands: Int32Array<ArrayBuffer>;
  /** 128 bytes a row */
  readonly sketches: Uint8Array<ArrayBuffer>;
  readonly grams: Int32Array<ArrayBuffer>;
  /** where a row's grams end */
  readonly gramEnd: Uint32Array<ArrayBuffer>;
};

/** Traces of at most `most` rows; `done` cuts them to those that were added. */
export const tracer = (most: number, threshold: number) => {
  const width = binsPerBand(threshold);
  const perRow = BINS / width;
  const bands = new Int32Array(perRow * most);
  const sketches = new Uint8Array(BINS * most);
  const gramEnd = new Uint32Array(most);
  let kept = new Int32Array(64 * most + 1024);
  let count = 0; // of `kept`
  const keep = (found: Int32Array): void => {
    const more = Math.ceil(found.length / STRIDE);
    if (kept.length < count + more) {
      const grown = new Int32Array(2 * kept.length + more);
      grown.set(kept);
      kept = grown;
    }
    for (let at = 0; at < found.length; at += STRIDE) kept[count++] = found[at]!;
  };
  return {
    add(i: number, row: Row | null): void {
      if (row) {
        const units = unitsOf(comparedTexts(row));
        const bins = sketchOf(units);
        for (let bin = 0; bin < BINS; bin++) sketches[BINS * i + bin] = bins[bin]!; // its low byte
        for (let band = 0; band < perRow; band++)
          bands[band * most + i] = bandHash(bins, band * width, (band + 1) * width);
        keep(gramsOf(units));
      }
      gramEnd[i] = count;
    },
    done(rows: number): Traces {
      const narrow = new Int32Array(perRow * rows);
      for (let band = 0; band < perRow; band++)
        narrow.set(bands.subarray(band * most, band * most + rows), band * rows);
      return {
        bands: narrow,
        sketches: sketches.slice(0, BINS * rows),
        grams: kept.slice(0, count),
        gramEnd: gramEnd.slice(0, rows),
      };
    },
  };
};

type Kept = Exclude<keyof Traces, 'bands'>;
type Block = { readonly from: number; readonly rows: number; readonly at: Record<Kept, number> };

const bytesOf = (array: Int32Array | Uint32Array | Uint8Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

const wordsIn = (spill: Spill, at: number, count: number): ArrayBuffer =>
  spill.read(at, 4 * count).slice().buffer as ArrayBuffer;

/** Rows whose bands go to the spill together: each band is read again by itself, and in many small parts that takes long. */
const PIECE = 16_384;

/** Bands of all rows, piece by piece. */
const bandStore = (spill: Spill) => {
  const pieces: number[] = []; // where they begin in the spill
  let open = new Int32Array(0); // band after band of the last piece
  let filled = 0; // rows of it
  return {
    add(rows: number, bands: Int32Array): void {
      const count = bands.length / rows;
      for (let done = 0; done < rows;) {
        if (open.length === 0) open = new Int32Array(count * PIECE);
        const some = Math.min(rows - done, PIECE - filled);
        for (let band = 0; band < count; band++)
          open.set(bands.subarray(band * rows + done, band * rows + done + some), band * PIECE + filled);
        done += some;
        filled += some;
        if (filled < PIECE) continue;
        pieces.push(spill.append(bytesOf(open)));
        if (!spill.copies) open = new Int32Array(open.length);
        filled = 0;
      }
    },
    read(band: number, all: Int32Array): void {
      for (const [i, at] of pieces.entries())
        all.set(new Int32Array(wordsIn(spill, at + 4 * PIECE * band, PIECE)), i * PIECE);
      all.set(open.subarray(PIECE * band, PIECE * band + filled), pieces.length * PIECE);
    },
  };
};

export type GramsOfRow = { readonly row: number; readonly grams: Int32Array };

export type TraceStore = ReturnType<typeof traceStore>;

export const traceStore = (spill: Spill) => {
  const blocks: Block[] = [];
  let length = 0;
  const bands = bandStore(spill);
  return {
    add(rows: number, traces: Traces): void {
      bands.add(rows, traces.bands);
      const at = {
        sketches: spill.append(traces.sketches),
        grams: spill.append(bytesOf(traces.grams)),
        gramEnd: spill.append(bytesOf(traces.gramEnd)),
      };
      if (rows > 0) blocks.push({ from: length, rows, at });
      length += rows;
    },
    /** Writes one band of all rows. */
    band: bands.read,
    sketch(row: number): Uint8Array {
      const { from, at } = blockOf(blocks, row);
      return spill.read(at.sketches + BINS * (row - from), BINS);
    },
    /** The grams of some rows, in order: what lies in the spill for no such row is not read. */
    *grams(isWanted: (row: number) => boolean): Generator<GramsOfRow> {
      for (const { from, rows, at } of blocks) {
        const wanted: number[] = [];
        for (let i = 0; i < rows; i++) if (isWanted(from + i)) wanted.push(i);
        if (wanted.length === 0) continue;
        const ends = new Uint32Array(wordsIn(spill, at.gramEnd, rows));
        const all = new Int32Array(wordsIn(spill, at.grams, ends[rows - 1]!));
        for (const i of wanted)
          yield { row: from + i, grams: all.subarray(i === 0 ? 0 : ends[i - 1], ends[i]) };
      }
    },
  };
};
