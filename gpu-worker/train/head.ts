/** The head and the loss, on labelled rows only, at most 128 at a time: bounds the [rows, V] logits. */
import { headLoss } from '../models/graphs.ts';
import type { Model } from '../models/model.ts';
import { type Session, type Sessions, type Tensor, tensor } from '../runtime/session.ts';
import type { Weights } from '../runtime/weights.ts';
import type { Targets } from './batch.ts';

const MOST = 128;
const STEP = 32; // sizes in between are rounded up: few sessions, little wasted

export type Head = {
  /** Negative log-likelihood of each target, nats. With `dHidden`, adds Σ scale[i]·nll[i]'s gradient into it: [M, C]. */
  loss(
    hidden: Float32Array,
    targets: Pick<Targets, 'at' | 'label'>,
    gradient?: { readonly scale: Float32Array; readonly dHidden: Float32Array },
  ): Promise<Float32Array>;
};

type Piece = {
  readonly rows: Float32Array;
  readonly labels: BigInt64Array;
  readonly dnll: Float32Array;
  readonly nll: Float32Array;
  readonly drows: Float32Array;
  run(): Promise<void>;
};

export const openHead = (model: Model, weights: Weights, sessions: Sessions): Head => {
  const { hidden_size: c } = model;
  const pieces = new Map<number, Promise<Piece>>();

  const make = async (n: number): Promise<Piece> => {
    const graph = headLoss(model, n);
    const session: Session = await sessions.open(graph.loss);
    const [rows, dnll, nll, drows] = [n * c, n, n, n * c].map((length) => new Float32Array(length)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const labels = new BigInt64Array(n);
    const feeds: Record<string, Tensor> = {
      rows: tensor(rows, [n, c]),
      labels: tensor(labels, [n]),
      dnll: tensor(dnll, [n]),
      ...Object.fromEntries(
        graph.frozen.map(({ input, name }) => [input.name, weights.tensor(name, input.shape)]),
      ),
    };
    const outputs = { [graph.nll.name]: tensor(nll, [n]), [graph.drows.name]: tensor(drows, [n, c]) };
    return { rows, labels, dnll, nll, drows, run: () => session.run(feeds, outputs) };
  };
  const pieceFor = (n: number): Promise<Piece> => {
    const rounded = Math.ceil(n / STEP) * STEP;
    let piece = pieces.get(rounded);
    if (!piece) pieces.set(rounded, (piece = make(rounded)));
    return piece;
  };

  return {
    loss: async (hidden, { at, label }, gradient) => {
      const all = new Float32Array(at.length);
      for (let from = 0; from < at.length; from += MOST) {
        const n = Math.min(MOST, at.length - from);
        const piece = await pieceFor(n);
        piece.labels.fill(0n);
        piece.dnll.fill(0);
        for (let i = 0; i < n; i++) {
          const place = at[from + i]! * c;
          piece.rows.set(hidden.subarray(place, place + c), i * c);
          piece.labels[i] = BigInt(label[from + i]!);
          if (gradient) piece.dnll[i] = gradient.scale[from + i]!;
        }
        await piece.run();
        all.set(piece.nll.subarray(0, n), from);
        if (gradient) scatter(piece.drows, at.subarray(from, from + n), c, gradient.dHidden);
      }
      return all;
    },
  };
};

/** Adds row i of [n, C] to row at[i] of `into`: several targets may share a place. */
const scatter = (rows: Float32Array, at: Int32Array, c: number, into: Float32Array): void => {
  for (const [i, place] of at.entries()) for (let j = 0; j < c; j++) into[place * c + j]! += rows[i * c + j]!;
};
