"""Loads an adapter with transformers and PEFT and says what came out.

check_adapter.py BASE ADAPTER LOGITS < {"prompts": [[token id, …], …], "max_new_tokens": n}

Prints {"missing": […], "unexpected": […], "greedy": [[token id, …], …]}: keys that the base or the adapter lacked or had
too many, and the new tokens of each prompt, its stop token included. LOGITS becomes a safetensors file: tensor "<i>" is
the float32 row [vocab_size] after the last token of prompt i.
"""

import json
import sys

import torch
from peft import PeftModel, load_peft_weights, set_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM


def load(base, adapter):
    model, info = AutoModelForCausalLM.from_pretrained(
        base, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    missing = [f"base: {key}" for key in info["missing_keys"]]
    unexpected = [f"base: {key}" for key in info["unexpected_keys"]]
    # a tied head has no tensor of its own
    if model.config.tie_word_embeddings:
        missing = [key for key in missing if key != "base: lm_head.weight"]

    model = PeftModel.from_pretrained(model, adapter)
    # loaded once more, for the lists that from_pretrained keeps to itself; the base's keys are not the adapter's
    result = set_peft_model_state_dict(model, load_peft_weights(adapter, device="cpu"))
    missing += [f"adapter: {key}" for key in result.missing_keys if ".lora_" in key]
    unexpected += [f"adapter: {key}" for key in result.unexpected_keys]
    return model.eval(), missing, unexpected


@torch.inference_mode()
def main():
    base, adapter, logits_file = sys.argv[1:]
    ask = json.load(sys.stdin)
    model, missing, unexpected = load(base, adapter)

    logits, greedy = {}, []
    for i, prompt in enumerate(ask["prompts"]):
        ids = torch.tensor([prompt])
        logits[str(i)] = model(input_ids=ids).logits[0, -1].float().contiguous()
        out = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=ask["max_new_tokens"],
            pad_token_id=0,
        )
        greedy.append(out[0, len(prompt) :].tolist())
    save_file(logits, logits_file)
    print(json.dumps({"missing": missing, "unexpected": unexpected, "greedy": greedy}))


main()
