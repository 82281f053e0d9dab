/** A method's values as the tensors of its file, and back. A tensor there may be several values here, columns side by side. */
import type { Shape } from '../onnx/graph.ts';
import { AppError } from '../../shared/errors.ts';
import type { Entry, Parameters } from './parameters.ts';

export type NamedTensors = ReadonlyMap<string, { readonly shape: Shape; readonly data: Float32Array }>;

/** The tensor of the file that an entry is, or is a part of. */
const tensorOf = ({ name, columns }: Entry): string => columns?.tensor ?? name;

const storedShape = ({ shape, columns }: Entry): Shape => (columns ? [shape[0]!, columns.of] : shape);

/** Copies rows of `width` between a packed array and columns of a wider one. */
const copyColumns = (
  packed: Float32Array,
  wide: Float32Array,
  { shape, columns }: Entry,
  direction: 'in' | 'out',
): void => {
  const [rows, width] = [shape[0]!, shape[1]!];
  const { from, of } = columns!;
  for (let i = 0; i < rows; i++) {
    const [small, large] = [packed.subarray(i * width, (i + 1) * width), wide.subarray(i * of + from)];
    if (direction === 'out') large.set(small);
    else small.set(large.subarray(0, width));
  }
};

const assemble = (entries: readonly Entry[], view: (entry: Entry) => Float32Array): NamedTensors => {
  const tensors = new Map<string, { shape: Shape; data: Float32Array }>();
  for (const entry of entries) {
    const name = tensorOf(entry);
    if (!entry.columns) tensors.set(name, { shape: entry.shape, data: view(entry) });
    else {
      const shape = storedShape(entry);
      const known = tensors.get(name) ?? { shape, data: new Float32Array(shape[0]! * shape[1]!) };
      copyColumns(view(entry), known.data, entry, 'out');
      tensors.set(name, known);
    }
  }
  return tensors;
};

/** All values under the file's names: views where a tensor is one value. */
export const toTensors = ({ entries, fixed, value }: Parameters): NamedTensors =>
  assemble([...entries, ...fixed], ({ name }) => value(name));

/** A flat array of gradients, say, under the file's names. */
export const namedParts = ({ entries, view }: Parameters, flat: Float32Array): NamedTensors =>
  assemble(entries, ({ name }) => view(flat, name));

/** Takes every value from a file's tensors; one missing, left over or of another shape is an error that names it. */
export const take = ({ entries, fixed, value }: Parameters, tensors: NamedTensors): void => {
  const all = [...entries, ...fixed];
  const names = new Set(all.map(tensorOf));
  const wrong = [
    ...all.flatMap((entry) => {
      const [name, shape] = [tensorOf(entry), storedShape(entry)];
      const given = tensors.get(name)?.shape;
      if (!given) return [`${name} is missing`];
      return String(given) === String(shape) ? [] : [`${name} is [${given}], the model wants [${shape}]`];
    }),
    ...[...tensors.keys()].filter((name) => !names.has(name)).map((name) => `${name} has no place`),
  ];
  if (wrong.length > 0)
    throw new AppError(
      'unsupported_model',
      `The adapter does not fit this base: ${wrong.slice(0, 5).join('; ')}`,
      { wrong },
    );
  for (const entry of all) {
    const { data } = tensors.get(tensorOf(entry))!;
    if (entry.columns) copyColumns(value(entry.name), data, entry, 'in');
    else value(entry.name).set(data);
  }
};
