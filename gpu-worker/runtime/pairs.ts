import { Graph } from '../onnx/graph.ts';
import { part } from '../onnx/model.ts';
import { product8 } from '../ops/quantised.ts';
import { type Sessions, tensor } from './session.ts';

const [M, K, N] = [8, 64, 16];

/** Whether the largest bytes against pairs of the largest weights are summed exactly on this processor, which its own product
 *  tells. Without VNNI, x64 adds two products in 16 bits, with saturation. */
export const sumsPairs = async (sessions: Sessions): Promise<boolean> => {
  const graph = new Graph();
  const matrix = { values: graph.input('w', 'int8', [K, N]), scales: graph.input('scales', 'float32', [N]) };
  const rows = {
    bytes: graph.input('bytes', 'uint8', [M, K]),
    scales: graph.input('ones', 'float32', [M, 1]),
  };
  const y = product8(rows, matrix);
  const sums = new Float32Array(M * N);
  const session = await sessions.open(part([y]));
  await session.run(
    {
      w: tensor(new Int8Array(K * N).fill(127), [K, N]),
      scales: tensor(new Float32Array(N).fill(1), [N]),
      bytes: tensor(new Uint8Array(M * K).fill(255), [M, K]),
      ones: tensor(new Float32Array(M).fill(1), [M, 1]),
    },
    { [y.name]: tensor(sums, [M, N]) },
  );
  return sums.every((sum) => sum === K * 127 * 127);
};
