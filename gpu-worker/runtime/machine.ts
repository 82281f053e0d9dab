import { availableParallelism } from 'node:os';

/** Threads that ONNX Runtime should use here: one per core that this process may run on. */
export const threadsHere = (): number => Math.max(1, availableParallelism());
