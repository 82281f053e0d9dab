/** What checks see of a row, read from the columns as it is asked for: most checks ask for one or two facts of millions. */
import type { Fate, RowKind } from '../contracts/row.ts';
import { BAD, FATES, GOOD, KINDS, type Columns } from './batch.ts';
import type { Facts } from './checks/check.ts';
import type { Source } from './read.ts';
import type { Union } from './similar/union.ts';

export const NONE = 0xffffffff;
const LABELS: readonly (readonly boolean[])[] = [[], [true], [false], [true, false]];
/** By what the columns say: to ask a list for what is before its first is slow. */
const FATE_AT: readonly (Fate | null)[] = [null, ...FATES];
const KIND_AT: readonly (RowKind | null)[] = [null, ...KINDS];

/** Of a hash the first row that has it, `NONE` for rows without. */
export type Firsts = Readonly<Record<'identity' | 'opening' | 'prompt' | 'answer', Uint32Array>>;

export type Known = Pick<Columns, 'line' | 'fate' | 'kind' | 'labels'> & {
  readonly sources: readonly Pick<Source, 'file' | 'role'>[];
  readonly source: Uint16Array;
  readonly first: Firsts;
  readonly families: Union;
};

/** A class for its getters: nothing is made for a row but a place to look from. */
export class FactsOfRow implements Facts {
  readonly row: number;
  readonly #known: Known;

  constructor(known: Known, row: number) {
    this.#known = known;
    this.row = row;
  }
  get file(): string {
    return this.#known.sources[this.#known.source[this.row]!]!.file;
  }
  get role(): Facts['role'] {
    return this.#known.sources[this.#known.source[this.row]!]!.role;
  }
  get line(): number {
    return this.#known.line[this.row]!;
  }
  get fate(): Fate | null {
    return FATE_AT[this.#known.fate[this.row]!]!;
  }
  get kind(): RowKind | null {
    return KIND_AT[this.#known.kind[this.row]!]!;
  }
  get identity(): number | null {
    return this.#first('identity');
  }
  get opening(): number | null {
    return this.#first('opening');
  }
  get prompt(): number | null {
    return this.#first('prompt');
  }
  get answer(): number | null {
    return this.#first('answer');
  }
  get family(): number {
    return this.#known.families.of(this.row);
  }
  get labels(): readonly boolean[] {
    return LABELS[this.#known.labels[this.row]! & (GOOD | BAD)]!;
  }
  #first(name: keyof Firsts): number | null {
    const first = this.#known.first[name][this.row]!;
    return first === NONE ? null : first;
  }
}
