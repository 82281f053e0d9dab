import type { Model } from '../models/model.ts';
import type { Seams } from '../nn/seams.ts';
import type { Sessions } from '../runtime/session.ts';
import type { Parameters } from '../runtime/parameters.ts';
import type { Weights } from '../runtime/weights.ts';

/** A model to generate with; `parameters` are the trained values that its seams want, null where there are none. */
export type GeneratorOptions = {
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly seams: Seams;
  readonly parameters: Parameters | null;
};
