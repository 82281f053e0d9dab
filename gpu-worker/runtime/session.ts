/** The only file that knows onnxruntime-node. */
import { createHash } from 'node:crypto';
import * as ort from 'onnxruntime-node';
import type { Shape } from '../onnx/graph.ts';
import type { Device } from '../../shared/device.ts';
import { AppError } from '../../shared/errors.ts';
import { letGo } from '../../shared/let-go.ts';
import { encodeModel, type Part } from '../onnx/model.ts';

export type Tensor = ort.Tensor;
export type TensorData = Float32Array | BigInt64Array | Int8Array | Uint8Array;
export type Feeds = Readonly<Record<string, Tensor>>;
/** The run writes into these. */
export type Outputs = Feeds;

/** A view, not a copy: what is written into `data` later is what the next run reads, and outputs are written into it. */
export const tensor = (data: TensorData, shape: Shape): Tensor => {
  // the constructor's overloads tie each name to its array type; a union of both needs them one by one
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, [...shape]);
  if (data instanceof BigInt64Array) return new ort.Tensor('int64', data, [...shape]);
  if (data instanceof Int8Array) return new ort.Tensor('int8', data, [...shape]);
  return new ort.Tensor('uint8', data, [...shape]);
};

export type Session = {
  readonly inputs: readonly string[];
  /** Fills the tensors of `outputs`. Blocks the event loop while it computes. */
  run(feeds: Feeds, outputs: Outputs): Promise<void>;
};

export type Sessions = {
  open(part: Part): Promise<Session>;
  release(): Promise<void>;
  readonly count: () => number;
};

export type SessionOptions = {
  readonly threads: number;
  readonly device?: Device;
  /** each session leaves `<profile>.<n>_<date>.json` with the times of its kernels when it is released */
  readonly profile?: string | null;
};

/** Where the provider cannot be loaded, ONNX Runtime names a library; the reader wants to know what to do. */
const cannotOpen =
  (device: Device) =>
  (cause: unknown): never => {
    if (device === 'cpu') throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('engine_failed', `ONNX Runtime cannot compute on ${device} here: ${why}`, {
      cause,
      hint: 'Install its CUDA provider (Linux x64, an NVIDIA driver: https://onnxruntime.ai/docs/install), or leave DROPTUNE_DEVICE unset',
    });
  };

const bufferOf = ({ data }: Tensor) => (data as TensorData).buffer as ArrayBuffer;

/** The binding fills the tensors it is given, and returns copies of them beside: 0.4 GB a step at 512 tokens of a 135M
 *  base, for which the garbage collector would walk the heap some twenty times. */
const discard = (returned: Outputs, given: Outputs): void => {
  const kept = new Set(Object.values(given).map(bufferOf));
  letGo(
    Object.values(returned)
      .map(bufferOf)
      .filter((buffer) => !kept.has(buffer)),
  );
};

/** Opens each distinct model once: layers that are alike share a session. */
export const openSessions = ({ threads, device = 'cpu', profile = null }: SessionOptions): Sessions => {
  const known = new Map<string, Promise<{ session: ort.InferenceSession; facade: Session }>>();
  const create = async (bytes: Uint8Array) => {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      logSeverityLevel: 3,
      // sessions of one process share what malloc has: an arena, or a pattern, is memory of one session alone
      enableCpuMemArena: false,
      enableMemPattern: false,
      ...(profile !== null && { enableProfiling: true, profileFilePrefix: `${profile}.${known.size}` }),
      extra: {
        session: {
          // idle workers of one session must not spin while another runs
          force_spinning_stop: '1',
          // below 2⁻¹²⁶ is 0: eˣ of a masked score passes there, and such numbers make a softmax ten times as slow on Intel;
          // from the first session on this holds for the thread that opens it too
          set_denormal_as_zero: '1',
        },
      },
    }).catch(cannotOpen(device));
    const inputs = session.inputNames;
    const run: Session['run'] = async (feeds, outputs) => {
      const only: Record<string, Tensor> = {};
      for (const name of inputs) {
        const given = feeds[name];
        if (!given) throw new TypeError(`input ${name} is not fed`);
        only[name] = given;
      }
      discard(await session.run(only, outputs), outputs);
    };
    return { session, facade: { inputs, run } };
  };
  return {
    open: async (model) => {
      const bytes = encodeModel(model);
      const key = createHash('sha256').update(bytes).digest('hex');
      let opened = known.get(key);
      if (!opened) known.set(key, (opened = create(bytes)));
      return (await opened).facade;
    },
    release: async () => {
      for (const opened of known.values()) {
        const { session } = await opened;
        if (profile !== null) session.endProfiling();
        await session.release();
      }
      known.clear();
    },
    count: () => known.size,
  };
};
