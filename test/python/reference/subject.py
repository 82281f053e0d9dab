"""A base with what is trained on it: its logits, and the trained values under the names that the files use."""

import json
import os
from dataclasses import dataclass

import torch
from peft import PeftConfig, PeftModel, get_peft_model_state_dict
from safetensors.torch import save_file

from . import base as bases
from . import bottleneck
from .batches import sequences


@dataclass
class Subject:
    model: torch.nn.Module
    trained: dict
    kind: str  # base, full, bottleneck or peft
    config: object = None
    virtual: int = 0  # positions that prompt tuning puts before the tokens and into the logits


def names_of(model):
    """Trained parameters of a PEFT model by the keys of its file; frozen ones that travel along are none."""
    config = model.active_peft_config
    if config.is_prompt_learning:
        return {"prompt_embeddings": model.prompt_encoder[model.active_adapter].embedding.weight}
    parameters = {p.data_ptr(): p for p in model.parameters() if p.requires_grad}
    named = {}
    for key, value in get_peft_model_state_dict(model).items():
        parameter = parameters.pop(value.data_ptr(), None)
        if parameter is not None:
            named[key] = parameter
    if parameters:
        raise ValueError(f"{len(parameters)} trained tensors are not in the adapter's file")
    return named


def load(base_folder, adapter, dtype):
    """`adapter`: None, "full", or a folder."""
    model = bases.load(base_folder, dtype)
    if adapter is None:
        return Subject(model.requires_grad_(False), {}, "base")
    if adapter == "full":
        return Subject(model.requires_grad_(True), dict(model.named_parameters()), "full")
    if bottleneck.is_bottleneck(adapter):
        config, trained = bottleneck.attach(model, adapter, dtype)
        return Subject(model, trained, "bottleneck", config)
    prompts = PeftConfig.from_pretrained(adapter).is_prompt_learning
    # PEFT refuses to load prompts for training, and gives them all the same; an adapter's own dtype rule would leave
    # it in float32 beside a float64 base
    peft = PeftModel.from_pretrained(model, adapter, is_trainable=not prompts, autocast_adapter_dtype=False)
    peft = peft.to(dtype).eval()
    trained = names_of(peft)
    for parameter in trained.values():
        parameter.requires_grad_(True)
    virtual = peft.active_peft_config.num_virtual_tokens if peft.peft_type == "PROMPT_TUNING" else 0
    return Subject(peft, trained, "peft", virtual=virtual)


def row_logits(subject, ids, mask):
    logits = subject.model(input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask)).logits
    return logits[:, subject.virtual :]


def batch_logits(subject, batch):
    """[B, T, vocab]. The segments of a packed row are run alone: that is what packing has to equal."""
    if not batch.get("packed"):
        return row_logits(subject, batch["input_ids"], batch["attention_mask"])
    parts = [row_logits(subject, [ids], [[1] * len(ids)]) for ids, _ in sequences(batch)]
    return torch.cat(parts, dim=1)


def relative_base(folder, base_folder):
    """adapter_config.json names its base from the folder of cases.json, not from wherever this ran."""
    path = os.path.join(folder, "adapter_config.json")
    with open(path) as file:
        config = json.load(file)
    config["base_model_name_or_path"] = os.path.relpath(base_folder, os.path.dirname(folder))
    with open(path, "w") as file:
        json.dump(config, file, indent=2, sort_keys=True)


def save(subject, folder, base_folder):
    """The trained values as PEFT writes them; a fully trained model as model.safetensors."""
    if subject.kind == "bottleneck":
        return bottleneck.save(folder, subject.config, subject.trained)
    if subject.kind == "full":
        os.makedirs(folder, exist_ok=True)
        tensors = {name: p.detach().contiguous() for name, p in subject.trained.items()}
        return save_file(tensors, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
    subject.model.save_pretrained(folder)
    readme = os.path.join(folder, "README.md")
    if os.path.exists(readme):
        os.remove(readme)
    return relative_base(folder, base_folder)
