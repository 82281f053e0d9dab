/** A base model opened for work: its architecture, weights, tokenizer and sessions. */
import type { Device } from '../../shared/device.ts';
import { AppError } from '../../shared/errors.ts';
import { loadTokenizer, type Tokenizer } from '../../shared/text/tokenizer.ts';
import { modelFor } from '../models/index.ts';
import type { Model } from '../models/model.ts';
import { openSessions, type Sessions } from './session.ts';
import { openWeights, type Weights } from './weights.ts';
import { type Base, openBase } from '../weights/base.ts';

export type OpenModel = {
  readonly base: Base;
  readonly model: Model;
  readonly weights: Weights;
  readonly sessions: Sessions;
  readonly tokenizer: Tokenizer;
  close(): Promise<void>;
};

export const openModel = async (
  path: string,
  threads: number,
  device: Device = 'cpu',
): Promise<OpenModel> => {
  const base = await openBase(path);
  if (!base.tokenizer)
    throw new AppError(
      'unsupported_model',
      `${path} has no tokenizer.json: text cannot be turned into its tokens`,
    );
  const sessions = openSessions({ threads, device });
  return {
    base,
    model: modelFor(base.config),
    weights: openWeights(base),
    sessions,
    tokenizer: loadTokenizer(base.tokenizer),
    close: async () => {
      await sessions.release();
      base.close();
    },
  };
};
