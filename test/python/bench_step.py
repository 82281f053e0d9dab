"""The peer of `npm run bench -- step`: PEFT LoRA on all linears, fp32, AdamW, a loss on every position.

bench_step.py '{"base": folder, "tokens": 512, "rank": 16, "alpha": 32, "steps": 4, "threads": 2, "keep": "products"}'

Prints {"ms": …, "loss": …} per step, then {"peak_rss_mb": …, "trained": number of trained values}. MB are 10^6 bytes.
"""

import json
import re
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM


def peak_rss_mb():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) * 1024 / 1e6


def main():
    ask = json.loads(sys.argv[1])
    torch.set_num_threads(ask["threads"])
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(ask["base"], dtype=torch.float32)
    model.config.use_cache = False
    if ask["keep"] == "none":
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        model.enable_input_require_grads()
    config = LoraConfig(
        r=ask["rank"], lora_alpha=ask["alpha"], lora_dropout=0.0, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    model = get_peft_model(model, config).train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    vocab = model.config.vocab_size
    ids = torch.tensor([[(i * 7919) % vocab for i in range(ask["tokens"])]])

    for _ in range(ask["steps"]):
        start = time.perf_counter()
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        print(json.dumps({"ms": (time.perf_counter() - start) * 1000, "loss": loss.item()}), flush=True)
    print(json.dumps({"peak_rss_mb": peak_rss_mb(), "trained": sum(p.numel() for p in trained)}))


main()
