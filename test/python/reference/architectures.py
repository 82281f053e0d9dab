"""Which small models there are: one row a variant of an architecture.

A row says what is particular about the variant; the sizes are drawn, so that another seed gives other shapes. A row's
`config` may be a function of these sizes.
"""

from transformers import (
    Gemma2Config,
    Gemma3TextConfig,
    GPT2Config,
    GraniteConfig,
    LlamaConfig,
    MistralConfig,
    Olmo2Config,
    Phi3Config,
    Qwen2Config,
    Qwen3Config,
    SmolLM3Config,
)

HEADS = [(4, 4), (4, 2), (4, 1), (6, 3), (6, 2), (8, 2)]
LLAMA3 = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}


def sizes(rng, layers=None):
    """Shapes that fit together: hidden_size is a multiple of the heads, nothing else of anything."""
    heads, kv_heads = rng.choice(HEADS)
    hidden = heads * rng.choice([8, 10, 12] if heads < 8 else [6, 8])
    return {
        "vocab_size": rng.choice([101, 131, 160, 187]),
        "hidden_size": hidden,
        "intermediate_size": rng.choice([52, 70, 88, 108]),
        "num_hidden_layers": layers or rng.choice([2, 3, 4]),
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "max_position_embeddings": 96,
    }


def wide(rng):
    """A head_dim that is not hidden_size / heads."""
    return {"head_dim": rng.choice([6, 14, 18, 22])}


def llama3(original, **more):
    return {**LLAMA3, "original_max_position_embeddings": original, "rope_theta": 20000.0, **more}


def linear(theta, factor):
    return {"rope_type": "linear", "factor": factor, "rope_theta": theta}


def plain(theta):
    return {"rope_type": "default", "rope_theta": theta}


def gemma3_rope(full, sliding=10000.0):
    return {"full_attention": full, "sliding_attention": plain(sliding)}


def gpt2_sizes(s):
    """GPT-2 has names of its own."""
    return {
        "vocab_size": s["vocab_size"],
        "n_embd": s["hidden_size"],
        "n_layer": s["num_hidden_layers"],
        "n_head": s["num_attention_heads"],
        "n_inner": s["intermediate_size"],
        "n_positions": 48,
        "resid_pdrop": 0.0,
        "embd_pdrop": 0.0,
        "attn_pdrop": 0.0,
    }


def row(config_class, what, older=False, drop=(), layers=None, **config):
    """`older`: config.json as published checkpoints spell it; `drop`: keys left out of it, at their defaults."""
    return {"class": config_class, "what": what, "older": older, "drop": drop, "layers": layers, "config": config}


TIED, UNTIED = {"tie_word_embeddings": True}, {"tie_word_embeddings": False}

ARCHITECTURES = {
    "llama": row(LlamaConfig, "tied, no biases", rope_parameters=plain(10000.0), **TIED),
    "llama-untied": row(LlamaConfig, "own head, attention_bias without mlp_bias", older=True, attention_bias=True,
                        rope_parameters=plain(30000.0), rms_norm_eps=1e-5, **UNTIED),
    "llama-wide": row(LlamaConfig, "head_dim of its own, mlp_bias without attention_bias", wide=True, mlp_bias=True,
                      rope_parameters=plain(500000.0), **UNTIED),
    "llama-defaults": row(LlamaConfig, "config.json of an early Llama: no head_dim, no biases, no tie_word_embeddings",
                          older=True, drop=("head_dim", "attention_bias", "mlp_bias", "tie_word_embeddings",
                                            "attention_dropout", "rope_scaling"),
                          rope_parameters=plain(10000.0), **UNTIED),
    "llama-llama3": row(LlamaConfig, "Llama 3.1 frequencies", wide=16, rope_parameters=llama3(24), **TIED),
    "llama-llama3-older": row(LlamaConfig, "Llama 3.1 frequencies in the older spelling", older=True,
                              rope_parameters=llama3(16, factor=8.0), rms_norm_eps=1e-5, **UNTIED),
    "llama-linear": row(LlamaConfig, "linear rotary scaling", older=True, rope_parameters=linear(10000.0, 2.5), **TIED),
    "mistral": row(MistralConfig, "sliding window", sliding_window=5, rope_parameters=plain(10000.0), **UNTIED),
    "mistral-full": row(MistralConfig, "no window, tied, head_dim of its own", older=True, wide=True,
                        sliding_window=None, rope_parameters=plain(1000000.0), **TIED),
    "mistral-defaults": row(MistralConfig, "window, config.json without head_dim and tie_word_embeddings", older=True,
                            drop=("head_dim", "tie_word_embeddings", "rope_scaling"), sliding_window=7,
                            rope_parameters=plain(10000.0), **UNTIED),
    "qwen2": row(Qwen2Config, "q, k, v biases, own head", rope_parameters=plain(1000000.0), **UNTIED),
    "qwen2-window": row(Qwen2Config, "use_sliding_window from layer 1 on, without layer_types", older=True, layers=3,
                        use_sliding_window=True, sliding_window=4, max_window_layers=1,
                        rope_parameters=plain(10000.0), **TIED),
    "qwen2-unused-window": row(Qwen2Config, "a sliding_window that use_sliding_window switches off", older=True,
                               keep={"sliding_window": 4}, use_sliding_window=False, max_window_layers=0,
                               rope_parameters=plain(10000.0), **TIED),
    "qwen3": row(Qwen3Config, "q and k norms, own head", wide=True, rope_parameters=plain(1000000.0), **UNTIED),
    "qwen3-bias": row(Qwen3Config, "q and k norms with attention_bias", older=True, wide=True, attention_bias=True,
                      rope_parameters=plain(50000.0), **TIED),
    "qwen3-window": row(Qwen3Config, "layer_types with a window between full layers", wide=True, layers=3,
                        use_sliding_window=True, sliding_window=5,
                        layer_types=["full_attention", "sliding_attention", "full_attention"],
                        rope_parameters=plain(10000.0), **TIED),
    "gemma2": row(Gemma2Config, "soft caps, window on even layers", wide=True, layers=3, sliding_window=5,
                  query_pre_attn_scalar=10, attn_logit_softcapping=2.0, final_logit_softcapping=3.0,
                  rope_parameters=plain(10000.0), **TIED),
    "gemma2-plain": row(Gemma2Config, "no soft caps, older spelling without layer_types", older=True, wide=True,
                        layers=4, sliding_window=7, query_pre_attn_scalar=24, attn_logit_softcapping=None,
                        final_logit_softcapping=None, rope_parameters=plain(10000.0), **TIED),
    "gemma3": row(Gemma3TextConfig, "six layers, five of them local, by sliding_window_pattern", older=True, wide=True,
                  layers=6, sliding_window=5, query_pre_attn_scalar=14, keep={"sliding_window_pattern": 6},
                  rope_parameters=gemma3_rope(plain(1000000.0)), **TIED),
    "gemma3-types": row(Gemma3TextConfig, "layer_types out of order, global rotary scaled linearly", wide=True,
                        layers=4, sliding_window=4, query_pre_attn_scalar=20,
                        layer_types=["full_attention", "sliding_attention", "sliding_attention", "full_attention"],
                        rope_parameters=gemma3_rope(linear(500000.0, 8.0), 20000.0), **TIED),
    "gemma3-older": row(Gemma3TextConfig, "pattern of 2, rope_local_base_freq and rope_scaling", older=True, wide=True,
                        layers=3, sliding_window=6, query_pre_attn_scalar=16, keep={"sliding_window_pattern": 2},
                        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
                        rope_parameters=gemma3_rope(linear(1000000.0, 4.0), 10000.0), **TIED),
    "phi3": row(Phi3Config, "fused projections, whole rotary, sliding window", sliding_window=5,
                rope_parameters={**plain(10000.0), "partial_rotary_factor": 1.0}, **UNTIED),
    "phi3-partial": row(Phi3Config, "half of each head is rotated, tied", older=True, heads=(4, 2, 48),
                        sliding_window=None, rope_parameters={**plain(10000.0), "partial_rotary_factor": 0.5}, **TIED),
    "phi3-defaults": row(Phi3Config, "config.json without partial_rotary_factor and head sizes", older=True,
                         drop=("partial_rotary_factor", "tie_word_embeddings", "rope_scaling"), sliding_window=None,
                         rope_parameters={**plain(50000.0), "partial_rotary_factor": 1.0}, **UNTIED),
    "gpt2": row(GPT2Config, "gelu_new, tied"),
    "gpt2-scaled": row(GPT2Config, "n_inner absent, scores divided by the layer's number, exact gelu",
                       keep={"n_inner": None}, scale_attn_by_inverse_layer_idx=True, activation_function="gelu"),
    "gpt2-untied": row(GPT2Config, "own head, scores not scaled, relu", scale_attn_weights=False,
                       activation_function="relu", **UNTIED),
    "gpt2-defaults": row(GPT2Config, "config.json of the first GPT-2: few keys",
                         drop=("n_inner", "scale_attn_weights", "scale_attn_by_inverse_layer_idx",
                               "reorder_and_upcast_attn", "tie_word_embeddings", "add_cross_attention",
                               "activation_function"), keep={"n_inner": None}),
    "smollm3": row(SmolLM3Config, "every second layer without rotary, by no_rope_layer_interval", layers=4,
                   no_rope_layer_interval=2, rope_parameters=plain(2000000.0), **TIED),
    "smollm3-window": row(SmolLM3Config, "window on the layers without rotary", older=True, layers=3,
                          no_rope_layers=[0, 1, 0], use_sliding_window=True, sliding_window=4, attention_bias=True,
                          mlp_bias=True, rope_parameters=plain(10000.0), **UNTIED),
    "olmo2": row(Olmo2Config, "norms after the blocks, tied, older spelling", older=True, attention_bias=True,
                 rope_parameters=plain(500000.0), **TIED),
    "olmo2-linear": row(Olmo2Config, "linear rotary scaling, own head", rope_parameters=linear(10000.0, 3.0), **UNTIED),
    "granite": row(GraniteConfig, "multipliers and every bias, own head", older=True, attention_bias=True,
                   mlp_bias=True, embedding_multiplier=2.0, attention_multiplier=0.3, residual_multiplier=0.4,
                   logits_scaling=1.5, rope_parameters=plain(10000.0), **UNTIED),
    "granite-plain": row(GraniteConfig, "every multiplier 1 but attention's", attention_multiplier=0.15,
                         rope_parameters=plain(10000.0), **TIED),
}


def configure(name, rng):
    """The config of a variant with drawn sizes, and what its config.json is to hold or lack."""
    entry = ARCHITECTURES[name]
    particular = dict(entry["config"])
    width, heads, keep = particular.pop("wide", None), particular.pop("heads", None), particular.pop("keep", {})
    drawn = sizes(rng, entry["layers"])
    if heads:
        drawn["num_attention_heads"], drawn["num_key_value_heads"], drawn["hidden_size"] = heads
    if width:
        drawn.update(wide(rng) if width is True else {"head_dim": width})
    if entry["class"] is GPT2Config:
        drawn = gpt2_sizes(drawn)
    special = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    config = entry["class"](**{**drawn, **special, **particular, **keep}, dtype="float32")
    return config, {"older": entry["older"], "drop": entry["drop"], "keep": keep}
