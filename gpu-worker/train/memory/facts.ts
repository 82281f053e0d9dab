/** What the memory plan rests on, counted from the graphs themselves: whatever the architecture and the method are. */
import type { Keep } from '../../autodiff/partition.ts';
import { headLoss, type RowsShape, trainingLayer } from '../../models/graphs.ts';
import type { Model } from '../../models/model.ts';
import type { Fed, Seams } from '../../nn/seams.ts';
import { size } from '../../onnx/shape.ts';
import type { Parameters } from '../../runtime/parameters.ts';
import { HEAD_ROWS } from '../head.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import type { LayerCost, MemoryFacts } from './plan.ts';
import { bytesOf, scratchBytes } from './scratch.ts';

const FLOAT = 4;

type Asked = {
  readonly model: Model;
  readonly seams: Seams;
  readonly parameters: Parameters;
  readonly optimizer: Optimizer;
} & Pick<MemoryFacts, 'machine' | 'shapes' | 'remedies'>;

/** Weights that stay as they are, each once: those of the layers, of the head, and the tables of the embedding. */
const weightBytes = (model: Model, seams: Seams): number => {
  const one = { b: 1, t: 1, packed: false };
  const fed: Fed[] = headLoss(model, 1, seams).frozen.slice();
  for (let i = 0; i < model.num_hidden_layers; i++)
    fed.push(...trainingLayer(model, i, seams, one, 'none').frozen);
  const known = new Map(fed.map(({ name, form, input }) => [`${name} ${form?.part ?? ''}`, bytesOf(input)]));
  const { table } = model.embedding;
  if (!known.has(`${table} `) && !seams.trains?.(table, table))
    known.set(`${table} `, FLOAT * model.vocab_size * model.hidden_size);
  return [...known.values()].reduce((a, b) => a + b, 0);
};

const headBytes = (model: Model, seams: Seams): number =>
  scratchBytes(headLoss(model, Math.max(...HEAD_ROWS), seams).loss);

const memoised = <T>(make: (shape: RowsShape, keep: Keep) => T) => {
  const known = new Map<string, T>();
  return (shape: RowsShape, keep: Keep): T => {
    const key = `${shape.b} ${shape.t} ${shape.packed} ${keep}`;
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = make(shape, keep)));
    return value;
  };
};

/** Layers of more than one kind (sliding and full attention, say) count as the largest of them. */
const layerCost = (model: Model, seams: Seams) => {
  const last = model.num_hidden_layers - 1;
  const layers = [...new Set([0, Math.floor(last / 2), last])];
  return memoised((shape, keep): LayerCost => {
    const graphs = layers.map((i) => trainingLayer(model, i, seams, shape, keep));
    return {
      kept: Math.max(...graphs.map(({ kept }) => kept.reduce((sum, v) => sum + bytesOf(v), 0))),
      scratch: Math.max(
        ...graphs.flatMap(({ forward, backward }) => [scratchBytes(forward), scratchBytes(backward)]),
      ),
    };
  });
};

export const memoryFacts = ({ model, seams, parameters, optimizer, ...rest }: Asked): MemoryFacts => {
  const { values, fixed } = parameters;
  const state = Object.values(optimizer.arrays).reduce((sum, { byteLength }) => sum + byteLength, 0);
  const { hidden_size: c, num_hidden_layers: layers } = model;
  return {
    ...rest,
    layers,
    fixed: {
      weights: weightBytes(model, seams),
      trained: 2 * values.byteLength + fixed.reduce((sum, { shape }) => sum + FLOAT * size(shape), 0) + state,
      head: headBytes(model, seams),
    },
    layer: layerCost(model, seams),
    // x of every layer and y of the last, dx twice, and the gradient that the head leaves
    bound: ({ b, t }) => FLOAT * b * t * c * (layers + 1 + 3),
  };
};
