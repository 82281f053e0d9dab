/** `node --import` this before the built worker: its engine is the stand-in, its clock a hundred times faster. */
import { fileURLToPath } from 'node:url';
import { ENGINES } from '../../dist/gpu-worker/engines/index.js';
import { TIMING } from '../../dist/gpu-worker/supervisor/timing.js';

ENGINES.onnx = () => [process.execPath, fileURLToPath(new URL('engine-fake.mjs', import.meta.url))];
Object.assign(TIMING, { heartbeat: 50, control: 30, progress: 100, flush: 50, cancel_grace: 300 });
