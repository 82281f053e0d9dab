"""Loads adapters with transformers and PEFT and says what came out. One process for many: starting takes longest.

check_adapter.py < {"checks": [{"base": folder, "adapter": folder or null, "logits": file,
                                "prompts": [[token id, …], …]}], "max_new_tokens": n}

Prints {"answers": [{"missing": […], "unexpected": […], "greedy": [[token id, …], …]}]}, in the order of the checks:
keys that the base or the adapter lacked or had too many, and the new tokens of each prompt, its stop token included
(none asked for: none). A bottleneck adapter, which PEFT lacks, is read by reference/bottleneck.py. Without an adapter
the base itself is checked, as a fully trained model is. `logits` becomes a safetensors file: tensor "<i>" is the
float32 row [vocab_size] after the last token of prompt i.
"""

import json
import os
import sys

import torch
from peft import PeftModel, get_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

from reference import bottleneck


def load_base(folder):
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    # a tied head has no tensor of its own
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    return model, set(info["missing_keys"]) - tied, set(info["unexpected_keys"])


def load(base, adapter):
    """(model, missing, unexpected)."""
    model, missing, unexpected = load_base(base)
    missing, unexpected = ({f"base: {key}" for key in keys} for keys in (missing, unexpected))
    if adapter is not None and bottleneck.is_bottleneck(adapter):
        wanted = bottleneck.keys_of(model, adapter)
        _, held = bottleneck.attach(model, adapter, torch.float32)
    elif adapter is not None:
        model = PeftModel.from_pretrained(model, adapter)
        # what PEFT would write for this configuration, beside what the file holds
        wanted = set(get_peft_model_state_dict(model))
        with safe_open(os.path.join(adapter, "adapter_model.safetensors"), "pt") as file:
            held = set(file.keys())
    else:
        wanted = held = set()
    missing |= {f"adapter: {key}" for key in wanted - set(held)}
    unexpected |= {f"adapter: {key}" for key in set(held) - wanted}
    return model.eval(), sorted(missing), sorted(unexpected)


def greedy(model, ids, max_new_tokens):
    out = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        do_sample=False,
        max_new_tokens=max_new_tokens,
        pad_token_id=0,
    )
    return out[0, ids.shape[1] :].tolist()


@torch.inference_mode()
def check(ask, max_new_tokens):
    model, missing, unexpected = load(ask["base"], ask["adapter"])
    logits, texts = {}, []
    for i, prompt in enumerate(ask["prompts"]):
        ids = torch.tensor([prompt])
        logits[str(i)] = model(input_ids=ids).logits[0, -1].float().contiguous()
        texts.append(greedy(model, ids, max_new_tokens) if max_new_tokens > 0 else [])
    save_file(logits, ask["logits"])
    return {"missing": missing, "unexpected": unexpected, "greedy": texts}


def main():
    asked = json.load(sys.stdin)
    answers = [check(ask, asked["max_new_tokens"]) for ask in asked["checks"]]
    print(json.dumps({"answers": answers}))


main()
