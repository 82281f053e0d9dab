/** Part of a graph → ModelProto bytes. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
import type { Attrs, DType, Initializer, Inputs, Node, Value } from './graph.ts';
import { bytes, concat, float, int, message, text, type Field } from './proto.ts';

const ELEM_TYPE: Record<DType, number> = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 };
const [FLOAT, INT, INTS] = [1, 2, 7];
const IR_VERSION = 10;
/** the highest opset whose kernels exist on CPU and CUDA alike */
const OPSET = 21;

export type Part = {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
};

/** What of the graph is needed to compute `outputs`, when the values of `given` are handed in. Runtimes execute every
 *  node of a model, also those no output needs, so nothing else may be in the file. */
export const part = (outputs: Inputs, given: readonly Value[] = []): Part => {
  const { graph } = outputs[0];
  const needed = new Set<Value>(outputs);
  const handed = new Set(given);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.y.some((y) => needed.has(y) && !handed.has(y))) continue;
    nodes.push(node);
    for (const x of node.x) needed.add(x);
  }
  return {
    inputs: [...graph.inputs.filter((v) => needed.has(v)), ...given.filter((v) => needed.has(v))],
    outputs: [...new Set(outputs)],
    nodes: nodes.toReversed(),
    initializers: graph.initializers.filter(({ value }) => needed.has(value)),
  };
};

/** Text that is the same for models that are the same. */
export const signature = ({ inputs, outputs, nodes, initializers }: Part): string =>
  JSON.stringify([
    inputs.map(({ name, shape }) => [name, shape]),
    outputs.map(({ name }) => name),
    nodes.map(({ op, attrs, x, y }) => [op, attrs, x.map((v) => v.name), y.map((v) => v.name)]),
    initializers.map(({ value, data }) => [value.name, value.shape, String(data)]),
  ]);

const attribute = ([name, value]: [string, Attrs[string]]): Field => {
  if (typeof value === 'number') return message(5, text(1, name), int(3, value), int(20, INT));
  if ('float' in value) return message(5, text(1, name), float(2, value.float), int(20, FLOAT));
  return message(5, text(1, name), ...value.map((v) => int(8, v)), int(20, INTS));
};

const encodeNode = ({ op, domain, attrs, x, y }: Node): Field =>
  message(
    1,
    ...x.map((v) => text(1, v.name)),
    ...y.map((v) => text(2, v.name)),
    text(4, op),
    ...Object.entries(attrs).map(attribute),
    text(7, domain),
  );

const tensor = ({ value, data }: Initializer): Field =>
  message(
    5,
    ...value.shape.map((d) => int(1, d)),
    int(2, ELEM_TYPE[value.dtype]),
    text(8, value.name),
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );

const valueInfo = (field: number, { dtype, shape, name }: Value): Field =>
  message(
    field,
    text(1, name),
    message(2, message(1, int(1, ELEM_TYPE[dtype]), message(2, ...shape.map((d) => message(1, int(1, d)))))),
  );

export const encodeModel = ({ inputs, outputs, nodes, initializers }: Part): Uint8Array =>
  concat([
    int(1, IR_VERSION),
    message(
      7,
      ...nodes.map(encodeNode),
      text(2, 'main'),
      ...initializers.map(tensor),
      ...inputs.map((v) => valueInfo(11, v)),
      ...outputs.map((v) => valueInfo(12, v)),
    ),
    message(8, int(2, OPSET)),
    message(8, text(1, 'com.microsoft'), int(2, 1)),
  ]);
