/** The places of a model where a method attaches, and how it says what it trains. */
import type { Shape, Value } from '../onnx/graph.ts';

export type Bits = 8 | 4;

/** A part of what is stored for W [out, in]. `forward` is [in, out] int8 with a scale for each output, and for a linear a
 *  divisor for each input, which linears of one x share; `backward` is [out, in] int8 with a scale for each input; blocks are
 *  of the flat W. */
export type Form = {
  readonly part:
    | 'forward'
    | 'forward.scales'
    | 'divisors'
    | 'backward'
    | 'backward.scales'
    | 'blocks8'
    | 'blocks8.scales'
    | 'blocks4'
    | 'blocks4.scales';
  readonly in: number;
  readonly out: number;
  /** the checkpoint has W as [in, out] */
  readonly conv1d: boolean;
  /** all linears that read the same x; none of a table that is held as float32 too, and whose x is not divided */
  readonly group: readonly { readonly name: string; readonly out: number }[];
};

/** An input of a block's graph: its name there, and the checkpoint's (or the adapter file's) name of what to feed. */
export type Fed = { readonly input: Value; readonly name: string; readonly form?: Form };

/** How a value begins: a constant; uniform in ±bound (of a seed of its own, where it has one); normal with that deviation; the checkpoint's weight of that name; or
 *  the 2-norms of the rows of [out, in] of that weight. */
export type Init =
  | { readonly constant: number }
  | { readonly uniform: number; readonly seed?: number }
  | { readonly normal: number }
  | { readonly weight: string }
  | { readonly rowNorms: string; readonly conv1d: boolean };

type Entry = {
  /** key in the adapter file; a value that is a part of a tensor there says which */
  readonly name: string;
  readonly init: Init;
  /** columns from … of a tensor of the file that has `of` of them: [rows, width] here */
  readonly columns?: { readonly tensor: string; readonly from: number; readonly of: number };
  /** belongs to the adapter and is saved with it, but is not trained */
  readonly fixed?: true;
};
export type Trained = Entry & { readonly input: Value };

export type Tools = {
  /** Makes a value of the method. `as` is its name in the model: equal names in one block are one value. */
  declare(entry: Entry & { readonly as: string; readonly shape: Shape }): Value;
  /** A value of a module: `part` is what PEFT appends to the module's path, e.g. `lora_A.weight`. */
  own(path: string, part: string, shape: Shape, init: Init): Value;
};

/** A linear of a model as a method sees it: product(x) = x·Wᵀ, base(x) = product(x) + bias, x [M, in] → [M, out]. */
export type Linear = {
  /** module path in the checkpoint, e.g. `model.layers.0.self_attn.q_proj` */
  readonly path: string;
  readonly x: Value;
  readonly in: number;
  readonly out: number;
  /** the checkpoint stores [in, out] */
  readonly conv1d: boolean;
  /** W as [out, in] */
  weight(): Value;
  bias(): Value | null;
  product(x: Value): Value;
  base(x: Value): Value;
};

export type Module = { readonly name: string; readonly path: string };
/** Learned keys and values before a layer's own: [kv, n, D] each. */
export type Prefix = { readonly keys: Value; readonly values: Value };
export type Heads = { readonly kv: number; readonly d: number; readonly layers: number };

/** What a method does where it may; a seam it does not name stays as it is. */
export type Seams = {
  /** Those linears that read one x together (q, k and v, say): one output for each. */
  readonly linears?: (group: readonly Linear[], tools: Tools) => readonly Value[];
  readonly output?: (module: Module, y: Value, tools: Tools) => Value;
  readonly prefix?: (layer: number, heads: Heads, tools: Tools) => Prefix;
  /** Learned tokens before every segment: as embeddings that take places of the row (prompt tuning), or as keys and
   *  values (prefix tuning) that take positions only. */
  readonly virtual?: { readonly count: number; readonly embeddings: boolean };
  /** The adapter file's key of a weight that is trained whole, null where it stays frozen. `use` is where it is used: a
   *  tied head uses the embedding's weight as `lm_head.weight`. */
  readonly trains?: (name: string, use: string) => string | null;
};
