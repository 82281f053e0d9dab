/** AdamW whose moments are kept in 8 bits between steps, as bitsandbytes' AdamW8bit: 256 values share a scale, tensors of
 *  fewer than 4096 values stay in float32. https://github.com/bitsandbytes-foundation/bitsandbytes */
import { size } from '../../onnx/shape.ts';
import { adamwSpan, factorsOf, type Moments } from './adamw.ts';
import { BLOCK, type Codes, dynamicMap, openCodes } from './blockwise.ts';
import type { Group, OpenOptimizer } from './optimizer.ts';

const SMALLEST = 4096; // bitsandbytes' min_8bit_size

/** A moment of all large tensors: a code for each value, a scale for each block. */
type Packed = { readonly codes: Uint8Array; readonly scales: Float32Array; readonly by: Codes };

/** A group, and where its moments begin; `block` counts the large ones' blocks. */
type Place = { readonly group: Group; readonly n: number; readonly at: number; readonly block: number };

const lay = (groups: readonly Group[]): { places: Place[]; values: number; blocks: number } => {
  let [values, blocks] = [0, 0];
  const places = groups.map((group) => {
    const n = size(group.shape);
    const place = { group, n, at: values, block: blocks };
    values += n;
    blocks += Math.ceil(n / BLOCK);
    return place;
  });
  return { places, values, blocks };
};

const pack = (map: Float32Array, values: number, blocks: number): Packed => ({
  codes: new Uint8Array(values),
  scales: new Float32Array(blocks),
  by: openCodes(map),
});

const unpack = ({ codes, scales, by }: Packed, into: Float32Array, at: number, block: number, n: number) => {
  const [scale, { map }] = [scales[block]!, by];
  for (let i = 0; i < n; i++) into[i] = map[codes[at + i]!]! * scale;
};

const isSmall = ({ shape }: Group): boolean => size(shape) < SMALLEST;

export const openAdamW8bit: OpenOptimizer = (groups) => {
  const small = lay(groups.filter(isSmall));
  const large = lay(groups.filter((group) => !isSmall(group)));
  const moments: Moments = { m: new Float32Array(small.values), v: new Float32Array(small.values) };
  const m8 = pack(dynamicMap(true), large.values, large.blocks);
  const v8 = pack(dynamicMap(false), large.values, large.blocks);
  const block: Moments = { m: new Float32Array(BLOCK), v: new Float32Array(BLOCK) };
  return {
    steps: 0,
    arrays: { ...moments, m8: m8.codes, m8_max: m8.scales, v8: v8.codes, v8_max: v8.scales },
    update(values, gradients, shrink, rates) {
      this.steps++;
      for (const { group, n, at } of small.places) {
        const from = group.offset;
        const factors = factorsOf(this.steps, rates, group);
        adamwSpan(values, gradients, moments, { from, n, at, shrink }, factors);
      }
      for (const { group, n, at, block: first } of large.places) {
        const factors = factorsOf(this.steps, rates, group);
        for (let done = 0, b = first; done < n; done += BLOCK, b++) {
          const count = Math.min(BLOCK, n - done);
          const from = group.offset + done;
          unpack(m8, block.m, at + done, b, count);
          unpack(v8, block.v, at + done, b, count);
          adamwSpan(values, gradients, block, { from, n: count, at: 0, shrink }, factors);
          m8.scales[b] = m8.by.encode(block.m, count, m8.codes, at + done);
          v8.scales[b] = v8.by.encode(block.v, count, v8.codes, at + done);
        }
      }
    },
  };
};
