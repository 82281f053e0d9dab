/** OFT, https://arxiv.org/abs/2306.07280: (x·R)·Wᵀ with R block-diagonal and near to orthogonal, by PEFT's series
 *  R = I + 2Q + 2Q² + … + Qⁿ⁻¹ of a skew-symmetric Q (Cayley–Neumann with n terms), which starts at zero. */
import { z } from 'zod';
import type { MethodOf } from '../../shared/contracts/method.ts';
import type { Linear, Tools } from '../nn/seams.ts';
import { scalar, type Value } from '../onnx/graph.ts';
import { add, mul } from '../ops/elementwise.ts';
import { reshape, transpose } from '../ops/movement.ts';
import { matmul } from '../ops/product.ts';
import { skew } from '../ops/skew.ts';
import { parseConfig } from '../weights/peft.ts';
import { type Adapter, fanInFanOut, refuse } from './adapter.ts';
import { isTarget, listed, modulesWith, targetsIn } from './target.ts';

type Oft = MethodOf<'oft'>;

/** PEFT's rule: the nearest size that divides the width, the smaller of two equally near. */
const blockFor = (width: number, asked: number): number => {
  if (asked >= width) return width;
  let [high, low] = [asked, asked];
  while (width % high !== 0) high++;
  while (low > 1 && width % low !== 0) low--;
  return asked - low <= high - asked ? low : high;
};

const identity = (like: Value, b: number): Value =>
  like.graph.constant(
    Float32Array.from({ length: b * b }, (_, i) => (i % (b + 1) === 0 ? 1 : 0)),
    [1, b, b],
    'float32',
  );

const twice = (x: Value): Value => mul(x, scalar(x, 2));

/** [n, b, b]: `_cayley_batch` of PEFT's OFT layer. */
const cayley = (q: Value, terms: number): Value => {
  let r = add(identity(q, q.shape[1]!), twice(q));
  if (terms < 3) return r;
  let power = matmul(q, q);
  r = add(r, twice(power));
  for (let i = 3; i < terms - 1; i++) {
    power = matmul(power, q);
    r = add(r, twice(power));
  }
  return add(r, matmul(power, q));
};

/** x [M, in] seen as rows of b, each turned by its block. */
const rotated = (x: Value, r: Value): Value => {
  const [m, width] = x.shape as [number, number];
  const [n, b] = r.shape as [number, number];
  const blocks = transpose(reshape(x, [m, n, b]), [1, 0, 2]);
  return reshape(transpose(matmul(blocks, r), [1, 0, 2]), [m, width]);
};

const turned = (linear: Linear, method: Oft, tools: Tools): Value => {
  const { path, x, in: width } = linear;
  const b = blockFor(width, method.oft_block_size);
  if (b === 1) {
    // no size near divides the width: a block of one has nothing to learn, and PEFT writes a tensor of no values
    const as = `${path}.oft_R.weight`;
    const init = { constant: 0 };
    tools.declare({ as, name: `base_model.model.${as}`, shape: [width, 0], init, fixed: true });
    return linear.base(x);
  }
  const upper = tools.own(path, 'oft_R.weight', [width / b, (b * (b - 1)) / 2], { constant: 0 });
  return linear.base(rotated(x, cayley(skew(upper, b), method.num_cayley_neumann_terms)));
};

const Config = z.looseObject({
  oft_block_size: z.int(),
  r: z.int().default(0),
  num_cayley_neumann_terms: z.int().default(5),
});

export const oft: Adapter<'oft'> = {
  seams: (method, model) => {
    targetsIn(model, method.target_modules);
    return {
      linears: (group, tools) =>
        group.map((linear) =>
          isTarget(linear.path, method.target_modules)
            ? turned(linear, method, tools)
            : linear.base(linear.x),
        ),
    };
  },
  config: (method, model) => ({
    peft_type: 'OFT',
    bias: 'none',
    block_share: false,
    coft: false,
    eps: 6e-5,
    exclude_modules: null,
    fan_in_fan_out: fanInFanOut(model),
    init_weights: true,
    layers_pattern: null,
    layers_to_transform: null,
    module_dropout: 0,
    modules_to_save: null,
    num_cayley_neumann_terms: method.num_cayley_neumann_terms,
    oft_block_size: method.oft_block_size,
    r: 0,
    target_modules: listed(model, method.target_modules),
    use_cayley_neumann: true,
  }),
  read: (file) => {
    refuse(file, {
      bias: ['none'],
      coft: [false],
      block_share: [false],
      modules_to_save: [],
      r: [0],
      use_cayley_neumann: [true],
    });
    const c = parseConfig(file, Config);
    return {
      type: 'oft',
      oft_block_size: c.oft_block_size,
      num_cayley_neumann_terms: c.num_cayley_neumann_terms,
      target_modules: modulesWith(file.tensors.keys(), 'oft_R.weight'),
    };
  },
};
