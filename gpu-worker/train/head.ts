/** The head and the loss, on labelled rows only, at most 128 at a time: bounds the [rows, V] logits. */
import { headLoss } from '../models/graphs.ts';
import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import { feedsOf } from '../runtime/feeds.ts';
import { addTo, type Parameters } from '../runtime/parameters.ts';
import { type Sessions, type Tensor, tensor } from '../runtime/session.ts';
import type { Weights } from '../runtime/weights.ts';
import type { Targets } from './batch.ts';

/** Rows of one run: sizes in between are rounded up, so that few sessions are made and little is wasted. */
export const HEAD_ROWS = [32, 64, 96, 128] as const;
const [STEP, , , MOST] = HEAD_ROWS;

export type HeadGradient = {
  /** share of each target's loss */
  readonly scale: Float32Array;
  /** [M, C]: Σ scale[i]·nll[i]'s gradient towards the hidden states is added here */
  readonly dHidden: Float32Array;
  /** flat: what is trained of the head is added here */
  readonly gradients: Float32Array;
};

export type Head = {
  /** Negative log-likelihood of each target, nats; the gradient too where asked. */
  loss(hidden: Float32Array, targets: Places, gradient?: HeadGradient): Promise<Float32Array>;
};

export type HeadOptions = {
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly parameters: Parameters;
};

type Piece = {
  readonly rows: Float32Array;
  readonly labels: BigInt64Array;
  readonly dnll: Float32Array;
  readonly nll: Float32Array;
  readonly drows: Float32Array;
  /** of what is trained: where its gradient comes out, by name */
  readonly trained: ReadonlyMap<string, Float32Array>;
  run(): Promise<void>;
};

const openPiece = async (options: HeadOptions, n: number, learns: boolean): Promise<Piece> => {
  const { model, weights, sessions, seams, parameters } = options;
  const { hidden_size: c } = model;
  const graph = headLoss(model, n, seams);
  const session = await sessions.open(learns ? graph.loss : graph.forward);
  const [rows, drows] = [new Float32Array(n * c), new Float32Array(n * c)];
  const [dnll, nll] = [new Float32Array(n), new Float32Array(n)];
  const labels = new BigInt64Array(n);
  const trained = new Map<string, Float32Array>();
  const outputs: Record<string, Tensor> = { [graph.nll.name]: tensor(nll, [n]) };
  if (learns) outputs[graph.drows.name] = tensor(drows, [n, c]);
  for (const { of, value } of learns ? graph.gradients : []) {
    const sink = new Float32Array(parameters.value(of.name).length);
    trained.set(of.name, sink);
    outputs[value.name] = tensor(sink, value.shape);
  }
  const feeds = {
    rows: tensor(rows, [n, c]),
    labels: tensor(labels, [n]),
    dnll: tensor(dnll, [n]),
    ...feedsOf(graph, weights, parameters),
  };
  return { rows, labels, dnll, nll, drows, trained, run: () => session.run(feeds, outputs) };
};

export const openHead = (options: HeadOptions): Head => {
  const { hidden_size: c } = options.model;
  const pieces = new Map<string, Promise<Piece>>();
  const pieceFor = (n: number, learns: boolean): Promise<Piece> => {
    const rows = rounded(n);
    const key = `${rows} ${learns}`;
    let piece = pieces.get(key);
    if (!piece) pieces.set(key, (piece = openPiece(options, rows, learns)));
    return piece;
  };

  return {
    loss: async (hidden, targets, gradient) => {
      const { at, label, of } = distinct(targets);
      const scale = gradient && sumsBy(of, gradient.scale, at.length);
      const all = new Float32Array(at.length);
      for (let from = 0; from < at.length; from += MOST) {
        const n = Math.min(MOST, at.length - from);
        const piece = await pieceFor(n, gradient !== undefined);
        piece.labels.fill(0n);
        piece.dnll.fill(0);
        for (let i = 0; i < n; i++) {
          const place = at[from + i]! * c;
          piece.rows.set(hidden.subarray(place, place + c), i * c);
          piece.labels[i] = BigInt(label[from + i]!);
          if (scale) piece.dnll[i] = scale[from + i]!;
        }
        await piece.run();
        all.set(piece.nll.subarray(0, n), from);
        if (!gradient) continue;
        scatter(piece.drows, at.subarray(from, from + n), c, gradient.dHidden);
        for (const [name, part] of piece.trained) addTo(options.parameters, gradient.gradients, name, part);
      }
      return Float32Array.from(of, (i) => all[i]!);
    },
  };
};

type Places = Pick<Targets, 'at' | 'label'>;

const rounded = (rows: number): number => Math.ceil(rows / STEP) * STEP;

/** Rows of each run that these targets take. */
export const headRuns = (targets: Places): number[] => {
  const { length } = distinct(targets).at;
  return Array.from({ length: Math.ceil(length / MOST) }, (_, i) =>
    rounded(Math.min(MOST, length - i * MOST)),
  );
};

/** Each place with each label once: rows that share a place often share what comes next. `of` [targets]: which it is. */
const distinct = ({ at, label }: Places): Places & { readonly of: Int32Array } => {
  const known = new Map<string, number>();
  const first: number[] = [];
  const of = Int32Array.from(at, (place, i) => {
    const key = `${place} ${label[i]!}`;
    let found = known.get(key);
    if (found === undefined) {
      known.set(key, (found = first.length));
      first.push(i);
    }
    return found;
  });
  return { at: Int32Array.from(first, (i) => at[i]!), label: Int32Array.from(first, (i) => label[i]!), of };
};

const sumsBy = (of: Int32Array, values: Float32Array, n: number): Float32Array => {
  const sums = new Float32Array(n);
  for (const [i, to] of of.entries()) sums[to]! += values[i]!;
  return sums;
};

/** Adds row i of [n, C] to row at[i] of `into`: several targets may share a place. */
const scatter = (rows: Float32Array, at: Int32Array, c: number, into: Float32Array): void => {
  for (const [i, place] of at.entries()) for (let j = 0; j < c; j++) into[place * c + j]! += rows[i * c + j]!;
};
