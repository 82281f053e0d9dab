/** What tells the layers of a model apart. */
import type { Fed, Seams, Trained } from '../nn/seams.ts';
import { signature } from '../onnx/model.ts';
import { forwardLayer, trainingLayer } from './graphs.ts';
import type { Model } from './model.ts';

/** A layer as far as it differs from others: layers of one kind have one graph at every shape, and are fed other values. */
export type LayerForm = {
  readonly kind: string;
  readonly frozen: readonly Fed[];
  readonly trained: readonly Trained[];
};

const readForms = (model: Model, seams: Seams, training: boolean): readonly LayerForm[] => {
  const shape = { b: 1, t: 1, packed: false };
  return Array.from({ length: model.num_hidden_layers }, (_, i) => {
    const own = training
      ? trainingLayer(model, i, seams, shape, 'none')
      : forwardLayer(model, i, seams, shape, false);
    const parts = 'part' in own ? [own.part] : [own.forward, own.backward];
    const { frozen, trained } = own;
    return { kind: [model.window(i), ...parts.map(signature)].join(' '), frozen, trained };
  });
};

type Forms = { [training in 'true' | 'false']?: readonly LayerForm[] };
const known = new WeakMap<Model, WeakMap<Seams, Forms>>();

/** Every layer's form, read off its smallest graph: that a window is narrower than the rows shows in wide ones only. Weights in
 *  bits have forms that the backward pass alone reads. Read once for a model with its seams: it takes half a second. */
export const layerForms = (model: Model, seams: Seams, training: boolean): readonly LayerForm[] => {
  const ofModel = known.get(model) ?? new WeakMap<Seams, Forms>();
  known.set(model, ofModel);
  const forms = ofModel.get(seams) ?? {};
  ofModel.set(seams, forms);
  return (forms[`${training}`] ??= readForms(model, seams, training));
};
