"""Bases of random values in Hugging Face layout: made, written in either spelling of config.json, read again."""

import json
import os
import zlib

import torch
from torch.overrides import TorchFunctionMode
from transformers import AutoModelForCausalLM


class Double(TorchFunctionMode):
    """float64 throughout: models ask for float32 in the middle of norms, softmax and rotary tables."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is torch.Tensor.float:
            func = torch.Tensor.double
        wide = lambda x: torch.float64 if x is torch.float32 else x
        return func(*map(wide, args), **{name: wide(value) for name, value in (kwargs or {}).items()})


def seed_of(seed, name):
    """A seed per folder, so that one folder's values do not depend on which others are made."""
    return zlib.crc32(f"{seed}/{name}".encode())


def scale(name, model_type):
    """Mean and deviation of a weight: norms and biases are not trivial, the head bends no soft cap flat."""
    norm = "norm" in name or ".ln_" in name
    if norm:
        return (0.0 if model_type.startswith("gemma") or name.endswith("bias") else 1.0), 0.2
    if "embed_tokens" in name or ".wte." in name:
        return 0.0, 0.15 if model_type.startswith("gemma") else 0.25
    return 0.0, 0.2 if ".wpe." in name else 0.15


@torch.no_grad()
def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        mean, deviation = scale(name, model.config.model_type)
        parameter.copy_(mean + deviation * torch.randn(parameter.shape, generator=generator))


def older_spelling(config):
    """As almost every published checkpoint has it: rope_theta and rope_scaling, torch_dtype, no derived layer_types."""
    out = dict(config)
    out["torch_dtype"] = out.pop("dtype")
    out.pop("transformers_version")
    rope = out.pop("rope_parameters", None)
    out.pop("layer_types", None)
    out.pop("_sliding_window_pattern", None)
    if rope is None:
        return out
    local = rope.get("sliding_attention") if "full_attention" in rope else None
    rope = dict(rope.get("full_attention", rope))
    if local:
        out["rope_local_base_freq"] = local["rope_theta"]
    out["rope_theta"] = rope.pop("rope_theta")
    if "partial_rotary_factor" in rope:
        out["partial_rotary_factor"] = rope.pop("partial_rotary_factor")
    out["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    return out


def make(folder, config, spelling, seed):
    """A model of random values, saved."""
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    randomise(model, seed)
    model.save_pretrained(folder)
    generation = os.path.join(folder, "generation_config.json")
    if os.path.exists(generation):
        os.remove(generation)
    path = os.path.join(folder, "config.json")
    with open(path) as file:
        written = json.load(file)
    if spelling["older"]:
        written = older_spelling(written)
    written = {k: v for k, v in {**written, **spelling["keep"]}.items() if k not in spelling["drop"]}
    with open(path, "w") as file:
        json.dump(written, file, indent=2, sort_keys=True)


def load(folder, dtype):
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=dtype, attn_implementation="eager", output_loading_info=True
    )
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    wrong = (set(info["missing_keys"]) - tied) | set(info["unexpected_keys"])
    if wrong:
        raise ValueError(f"{folder}: keys missing or left over: {sorted(wrong)}")
    return model.to(dtype).eval()
