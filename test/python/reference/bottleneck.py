"""The bottleneck adapter, which PEFT lacks: y = x + U act(D x + d) + u on what a module of a layer puts out.

Saved as PEFT would: adapter_config.json, and adapter_model.safetensors with keys as
`base_model.model.<path>.adapter_down.weight`.
"""

import json
import os

import torch
from safetensors.torch import load_file, save_file

WHAT = "not PEFT: y = x + U act(D x + d) + u after each module of target_modules, before the residual sum"
PREFIX = "base_model.model."
PLACES = ("adapter_down.weight", "adapter_down.bias", "adapter_up.weight", "adapter_up.bias")


def is_bottleneck(adapter):
    with open(os.path.join(adapter, "adapter_config.json")) as file:
        return json.load(file).get("method") == "bottleneck"


def module_names(model, targets):
    """self_attn and mlp of every layer; GPT-2 calls the first one attn."""
    wanted = {"attn" if t == "self_attn" and model.config.model_type == "gpt2" else t for t in targets}
    return [name for name, _ in model.named_modules() if name.split(".")[-1] in wanted and name.count(".") == 3]


def keys_of(model, folder):
    """What the file of this adapter has to hold."""
    with open(os.path.join(folder, "adapter_config.json")) as file:
        targets = json.load(file)["target_modules"]
    return {f"{PREFIX}{name}.{place}" for name in module_names(model, targets) for place in PLACES}


def new_tensors(model, config, generator):
    """Values that are nowhere degenerate."""
    hidden, size = model.config.hidden_size, config["bottleneck_size"]
    shapes = ((size, hidden), (size,), (hidden, size), (hidden,))
    return {
        f"{PREFIX}{name}.{place}": torch.randn(shape, generator=generator) * 0.15
        for name in module_names(model, config["target_modules"])
        for place, shape in zip(PLACES, shapes)
    }


def save(folder, config, tensors):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "adapter_config.json"), "w") as file:
        json.dump(config, file, indent=2, sort_keys=True)
    tensors = {name: t.detach().float().contiguous() for name, t in tensors.items()}
    save_file(tensors, os.path.join(folder, "adapter_model.safetensors"), metadata={"format": "pt"})


def attach(model, folder, dtype):
    """Hooks the stored adapter into the model; returns its config and its values by name."""
    with open(os.path.join(folder, "adapter_config.json")) as file:
        config = json.load(file)
    stored = load_file(os.path.join(folder, "adapter_model.safetensors"))
    trained = {name: torch.nn.Parameter(t.to(dtype)) for name, t in stored.items()}
    act = {"relu": torch.relu, "silu": torch.nn.functional.silu, "gelu": torch.nn.functional.gelu}[config["activation"]]

    def hook_of(down, d, up, u):
        def hook(_module, _inputs, output):
            x = output[0] if isinstance(output, tuple) else output
            y = x + act(x @ down.T + d) @ up.T + u
            return (y, *output[1:]) if isinstance(output, tuple) else y

        return hook

    for parameter in model.parameters():
        parameter.requires_grad_(False)
    for name in module_names(model, config["target_modules"]):
        values = [trained[f"{PREFIX}{name}.{place}"] for place in PLACES]
        model.get_submodule(name).register_forward_hook(hook_of(*values))
    return config, trained
