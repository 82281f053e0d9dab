"""The peer of `npm run bench -- epoch`: one epoch of TRL's SFTTrainer with LoRA on all linears, from the start of the process
to the adapter on disk.

bench_epoch.py '{"base": folder, "data": file, "out": folder, "rank": 16, "alpha": 32, "batch": 8, "rate": 5e-4,
                 "setting": "default"}'

Settings: `default` is SFTConfig as it stands, told that there is no GPU (bf16, recomputing); `fp32` computes in float32 and keeps activations; `packed` packs rows into
rows of 512 tokens besides. Prints {"step": n, "loss": …} per step, then {"tokens": …, "rows": …}.
"""

import json
import sys

from datasets import load_dataset
from peft import LoraConfig
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

SETTINGS = {
    "default": {"use_cpu": True},
    "fp32": {"bf16": False, "gradient_checkpointing": False},
    "packed": {"bf16": False, "gradient_checkpointing": False, "packing": True, "max_length": 512},
}


class Tell(TrainerCallback):
    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            print(json.dumps({"step": state.global_step, "loss": logs["loss"]}), flush=True)


def main():
    ask = json.loads(sys.argv[1])
    rows = load_dataset("json", data_files=ask["data"], split="train")
    setting = SETTINGS[ask["setting"]]
    config = SFTConfig(
        output_dir=ask["out"],
        per_device_train_batch_size=ask["batch"],
        num_train_epochs=1,
        learning_rate=ask["rate"],
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        seed=42,
        **setting,
    )
    lora = LoraConfig(
        r=ask["rank"],
        lora_alpha=ask["alpha"],
        lora_dropout=0.0,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    trainer = SFTTrainer(model=ask["base"], args=config, train_dataset=rows, peft_config=lora, callbacks=[Tell()])
    trainer.train()
    trainer.save_model(ask["out"])
    tokens = sum(len(row["input_ids"]) for row in trainer.train_dataset)
    print(json.dumps({"tokens": tokens, "rows": len(rows)}), flush=True)


main()
