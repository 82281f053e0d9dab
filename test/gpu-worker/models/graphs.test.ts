/** Layers of one kind share a graph: what a kind leaves out, a shared graph would get wrong without a word. */
import { describe, expect, test } from 'vitest';
import { seamsOf } from '../../../gpu-worker/adapters/index.ts';
import { layerForms } from '../../../gpu-worker/models/forms.ts';
import { trainingLayer } from '../../../gpu-worker/models/graphs.ts';
import { modelFor } from '../../../gpu-worker/models/index.ts';
import { encodeModel } from '../../../gpu-worker/onnx/model.ts';
import { methodOf } from '../../helpers/method.ts';

const SIZES = {
  vocab_size: 64,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 8,
  max_position_embeddings: 512,
  rms_norm_eps: 1e-5,
};

const LORA = { type: 'lora', r: 8, lora_alpha: 16 } as const;

const CASES = [
  { name: 'llama', kinds: 1, config: { ...SIZES, model_type: 'llama' }, method: LORA },
  {
    name: 'mistral with a window',
    kinds: 1,
    config: { ...SIZES, model_type: 'mistral', sliding_window: 16 },
    method: LORA,
  },
  {
    name: 'gemma3 with two kinds of attention',
    kinds: 2,
    config: {
      ...SIZES,
      model_type: 'gemma3_text',
      sliding_window: 16,
      query_pre_attn_scalar: 8,
      layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'],
    },
    method: LORA,
  },
  {
    name: 'llama, some layers with a rank of their own',
    kinds: 2,
    config: { ...SIZES, model_type: 'llama' },
    method: { ...LORA, rank_pattern: { 'layers.2.mlp.up_proj': 4 } },
  },
] as const;

describe('layers', () => {
  for (const { name, kinds, config, method } of CASES)
    test(`${name}: of one kind exactly where their graphs are the same`, () => {
      const model = modelFor(config);
      const seams = seamsOf(methodOf(method), model);
      const forms = layerForms(model, seams, true);
      const graphs = forms.map((_, i) => {
        const { forward, backward } = trainingLayer(
          model,
          i,
          seams,
          { b: 1, t: 64, packed: true },
          'products',
        );
        return [forward, backward].map((part) => Buffer.from(encodeModel(part)).toString('base64')).join();
      });
      expect(new Set(forms.map(({ kind }) => kind)).size).toBe(kinds);
      expect(new Set(graphs).size).toBe(kinds);
      expect(new Set(forms.map(({ kind }, i) => `${kind} ${graphs[i]}`)).size).toBe(kinds);
      const fed = forms.map(({ frozen, trained }) => [...frozen, ...trained].map((f) => f.name));
      expect(new Set(fed.flat()).size).toBe(fed.flat().length); // nothing is fed to two layers
    });
});
