/** A job while the onnx engine works on it. */
import type { MetricsLine } from '../../shared/contracts/spec.ts';
import type { SchemaCheck } from '../evaluate/metrics/schema.ts';
import type { OpenModel } from '../runtime/open.ts';
import type { AdapterFile } from '../weights/peft.ts';
import type { EngineMessage, Plan } from './contract.ts';

export type EngineIo = { emit(message: EngineMessage): void; stopAsked(): 'pause' | 'cancel' | null };

export type Job = {
  readonly plan: Plan;
  readonly io: EngineIo;
  readonly open: OpenModel;
  /** the adapter that is continued, null where the method begins anew */
  readonly continued: AdapterFile | null;
  /** compiled before anything is trained: a broken one is no surprise at the end */
  readonly schema: SchemaCheck | null;
  /** file that keeps what the base did */
  readonly baseArm: string;
  /** files that a resumed run need not make again: checkpoints take them along */
  readonly results: readonly string[];
  /** the metrics of all steps so far, those of earlier attempts too */
  readonly curve: MetricsLine[];
  /** seconds that measuring the tuned model will take, once the base has been measured */
  reserve_seconds: number;
  /** floating-point operations of this attempt's steps */
  train_flops: number;
};
