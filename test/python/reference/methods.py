"""One row a method: its PEFT config on a given base, and starting values that are nowhere degenerate."""

import torch
from peft import IA3Config, LoraConfig, OFTConfig, PrefixTuningConfig, PromptTuningConfig, VeraConfig, get_peft_model

from . import base as bases
from . import bottleneck
from .subject import Subject, names_of, save

ALL = "all-linear"
LORA = "y += (alpha/r) B A x"
# q, the MLP's first and its last linear; the module of a later layer that a pattern names by more of its path
PLACES = {
    "gpt2": ("c_attn", "c_fc", "h.1.mlp.c_proj"),
    "phi3": ("qkv_proj", "gate_up_proj", "layers.1.mlp.down_proj"),
}


def places(model):
    return PLACES.get(model.config.model_type, ("q_proj", "up_proj", "layers.1.mlp.down_proj"))


def lora(rng, **more):
    r = rng.choice([2, 3, 5])
    return {"r": r, "lora_alpha": rng.choice([4, 6, 11]), "target_modules": ALL, **more}


def pattern(model, rng):
    q, up, down = places(model)
    return lora(rng, rank_pattern={q: 7, down: 1}, alpha_pattern={up: 17, down: 3})


def patterned(**more):
    return lambda model, rng: {**pattern(model, rng), **more}


def regex_pattern(model, rng):
    """Keys are regular expressions that have to fit the end of the path after a dot."""
    q, up, _ = places(model)
    return lora(rng, rank_pattern={rf"\d\..*\.{q}": 6, "mlp": 9, rf"0\.mlp\.{up}": 1}, alpha_pattern={r"1\..*": 13})


def attention_only(model, rng):
    return lora(rng, target_modules=[places(model)[0], "o_proj", "c_proj"])


def with_bias(model, rng):
    q, up, _ = places(model)
    return lora(rng, lora_bias=True, target_modules=[q, "v_proj", up])


def head(model):
    return "wte" if model.config.model_type == "gpt2" else "embed_tokens"


def virtual(n):
    return lambda _model, _rng: {"num_virtual_tokens": n}


def oft(block, terms):
    return lambda _model, _rng: {
        "oft_block_size": block,
        "num_cayley_neumann_terms": terms,
        "use_cayley_neumann": True,
        "target_modules": ALL,
    }


def vera(**more):
    return lambda _model, rng: {"r": rng.choice([5, 6, 9]), "projection_prng_key": 11, "target_modules": ALL, **more}


def row(config_class, what, options, lr=1e-3, **optimizer):
    return {"class": config_class, "what": what, "options": options, "lr": lr, "optimizer": optimizer}


PREFIX = (
    "prompt_embeddings [n, 2*layers*kv_heads*head_dim]; row t viewed as [2*layers, kv_heads, head_dim]: index 2i = "
    "key, 2i+1 = value of layer i, put before the layer's own as they are; they have positions 0..n-1, real tokens n, "
    "n+1, ...: a sliding window counts from there, so that a late query of a windowed layer sees no prefix"
)
SAVED = "LoRA, and whole modules trained beside it, each a copy of its own, also of a tied table"
METHODS = {
    "lora": row(LoraConfig, LORA, lambda m, rng: lora(rng)),
    "lora-attention": row(LoraConfig, LORA + " on short names", attention_only),
    "lora-pattern": row(LoraConfig, "rank_pattern and alpha_pattern by the end of the path", pattern),
    "lora-regex": row(LoraConfig, "patterns are regular expressions, the first that fits counts", regex_pattern),
    "lora-bias": row(LoraConfig, "lora_bias: y += (alpha/r) (B A x + b)", with_bias),
    "lora-head": row(LoraConfig, SAVED, lambda m, rng: lora(rng, modules_to_save=["lm_head"])),
    "lora-embed": row(LoraConfig, SAVED, lambda m, rng: lora(rng, modules_to_save=[head(m)])),
    "lora-both": row(LoraConfig, SAVED, lambda m, rng: lora(rng, modules_to_save=[head(m), "lm_head"])),
    "rslora": row(LoraConfig, "y += (alpha/sqrt(r)) B A x", lambda m, rng: lora(rng, use_rslora=True)),
    "rslora-pattern": row(LoraConfig, "rsLoRA by each module's own rank", patterned(use_rslora=True)),
    "dora": row(LoraConfig, "DoRA, row norms constant in the gradient", lambda m, rng: lora(rng, use_dora=True)),
    "dora-pattern": row(
        LoraConfig, "DoRA with patterns and rsLoRA's scale", patterned(use_dora=True, use_rslora=True)
    ),
    "loraplus": row(LoraConfig, "LoRA; B learns lr_ratio_b times faster", lambda m, rng: lora(rng), lr_ratio_b=8),
    "oft": row(OFTConfig, "y = W (R x), blocks of 4, Cayley-Neumann with 5 terms", oft(4, 5)),
    "oft-3": row(OFTConfig, "blocks of 4, 3 terms", oft(4, 3)),
    "oft-6": row(OFTConfig, "blocks of 4, 6 terms", oft(4, 6)),
    "oft-8": row(OFTConfig, "blocks of 8 where they fit, else of what PEFT makes of it", oft(8, 5)),
    "ia3": row(IA3Config, "PEFT's own modules of the architecture", lambda m, rng: {}, lr=1e-2),
    "ia3-q": row(
        IA3Config,
        "own lists",
        lambda m, rng: {"target_modules": list(places(m)[:2]), "feedforward_modules": [places(m)[1]]},
        lr=1e-2,
    ),
    "prefix": row(PrefixTuningConfig, PREFIX, virtual(3), lr=1e-2),
    "prefix-7": row(PrefixTuningConfig, PREFIX, virtual(7), lr=1e-2),
    "prompt": row(PromptTuningConfig, "prompt_embeddings [n, hidden] before the token embeddings", virtual(4), lr=1e-2),
    "vera": row(VeraConfig, "y += b * (vB (d * (vA x))), shared projections in the file", vera(), lr=1e-2),
}
# not PEFT's: bottleneck.py
BOTTLENECKS = {
    "bottleneck-pfeiffer": {"target_modules": ["mlp"], "bottleneck_size": 5, "activation": "gelu"},
    "bottleneck-houlsby": {"target_modules": ["self_attn", "mlp"], "bottleneck_size": 3, "activation": "relu"},
}


def value(key, start, noise):
    """A starting value: what the method begins from, moved away from it."""
    if "lora_magnitude" in key:
        return start * (1 + 0.2 * noise)
    if ".lora_" in key:
        return 0.15 * noise
    if "oft_R" in key:
        return 0.06 * noise
    if "ia3_l" in key:
        return 1 + 0.25 * noise
    if key == "prompt_embeddings":
        return 0.33 * noise
    if "vera_lambda_b" in key:
        return 0.5 * noise
    if "vera_lambda_d" in key:
        return 0.5 + 0.25 * noise
    return start + 0.05 * noise  # a module that is saved whole


@torch.no_grad()
def make_adapter(folder, base_folder, name, rng, seed):
    """The starting adapter of a method, saved as PEFT does."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = bases.load(base_folder, torch.float32)
    if name in BOTTLENECKS:
        config = {"method": "bottleneck", **BOTTLENECKS[name]}
        return bottleneck.save(folder, config, bottleneck.new_tensors(model, config, generator))
    entry = METHODS[name]
    config = entry["class"](task_type="CAUSAL_LM", **entry["options"](model, rng))
    model = get_peft_model(model, config)
    trained = names_of(model)
    for key, parameter in trained.items():
        parameter.copy_(value(key, parameter, torch.randn(parameter.shape, generator=generator)))
    return save(Subject(model, trained, "peft"), folder, base_folder)
