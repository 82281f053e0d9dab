"""Which folders there are."""

from .architectures import ARCHITECTURES
from .folders import write_accumulation, write_architecture, write_method, write_objective

# Adam blows up gradients that are rounding alone: rare elements of a table or a head, and GPT-2's key bias, which moves
# no score. A larger eps keeps the numbers a reference where whole weights are trained.
EPS = 1e-4
WHOLE = ("full", "lora-head", "lora-embed", "lora-both")

METHOD_BASES = {
    "lora": ("gpt2", "phi3", "mistral", "gemma3-types", "olmo2"),
    "lora-attention": ("gpt2-untied", "smollm3"),
    "lora-pattern": ("gpt2", "phi3", "gemma2"),
    "lora-regex": ("llama", "qwen2"),
    "lora-bias": ("gemma2", "olmo2"),
    "lora-head": ("llama", "llama-untied", "qwen3"),
    "lora-embed": ("llama", "llama-untied", "gpt2", "gemma2"),
    "lora-both": ("llama-untied", "qwen3-bias", "gpt2"),
    "rslora": ("gpt2", "gemma2"),
    "rslora-pattern": ("mistral",),
    "dora": ("gpt2", "phi3", "gemma2", "llama-untied", "olmo2", "granite"),
    "dora-pattern": ("qwen2",),
    "loraplus": ("gpt2", "phi3", "mistral"),
    "oft": ("phi3", "gemma2", "llama-untied"),  # PEFT refuses GPT-2's Conv1D
    "oft-3": ("qwen3",),
    "oft-6": ("mistral",),
    "oft-8": ("llama-wide", "olmo2-linear"),
    # PEFT has lists of its own for these architectures; the others it refuses without
    "ia3": ("llama", "gpt2", "gemma2", "gemma3-types", "mistral", "qwen2", "qwen3-bias"),
    "ia3-q": ("llama-untied", "olmo2", "phi3", "gpt2", "granite", "smollm3-window"),
    "prefix": ("llama-untied", "gpt2", "phi3", "gemma2", "gemma3-types", "olmo2", "qwen3", "llama-llama3"),
    "prefix-7": ("mistral", "qwen2-window", "granite", "smollm3-window"),
    "prompt": ("llama-untied", "gpt2", "phi3", "gemma2", "gemma3-types", "mistral", "olmo2", "granite", "qwen2-window"),
    "vera": ("gpt2", "phi3", "gemma2", "mistral", "llama-untied"),
    "bottleneck-pfeiffer": ("qwen3", "llama-untied", "gpt2"),
    "bottleneck-houlsby": ("llama", "phi3"),
    "full": (
        *("llama", "llama-untied", "gpt2", "gpt2-untied", "gemma2", "gemma3-types"),
        *("qwen3-bias", "phi3", "olmo2", "granite", "smollm3"),
    ),
}

DPO = {"type": "dpo", "beta": 0.2}
IPO = {"type": "ipo", "beta": 0.15}
ORPO = {"type": "orpo", "beta": 0.3}
SIMPO = {"type": "simpo", "beta": 1.5, "gamma": 0.8}
KTO = {"type": "kto", "beta": 0.2, "desirable_weight": 1.3, "undesirable_weight": 0.7}

OBJECTIVES = {
    "text-lora-qwen3": ({"type": "text"}, "lora", "qwen3"),
    "text-full-gpt2": ({"type": "text"}, "full", "gpt2"),
    "sft-prefix-gemma2": ({"type": "sft"}, "prefix", "gemma2"),
    "dpo-lora-gpt2": (DPO, "lora", "gpt2"),
    "dpo-dora-gemma2": (DPO, "dora", "gemma2"),
    "dpo-prefix-qwen3": (DPO, "prefix", "qwen3"),
    "dpo-prompt-llama": (DPO, "prompt", "llama"),
    "dpo-full-llama": (DPO, "full", "llama"),
    "dpo-head-llama-untied": (DPO, "lora-head", "llama-untied"),
    "cdpo-lora-qwen3": ({**DPO, "label_smoothing": 0.1}, "lora", "qwen3"),
    "cdpo-oft-mistral": ({**DPO, "label_smoothing": 0.3}, "oft-6", "mistral"),
    "ipo-dora-qwen3": (IPO, "dora", "qwen3"),
    "ipo-prefix-gemma2": (IPO, "prefix", "gemma2"),
    "orpo-full-qwen3": (ORPO, "full", "qwen3"),
    "orpo-dora-gemma2": (ORPO, "dora", "gemma2"),
    "orpo-prompt-llama": (ORPO, "prompt", "llama"),
    "simpo-prefix-qwen3": (SIMPO, "prefix", "qwen3"),
    "simpo-vera-llama": (SIMPO, "vera", "llama"),
    "simpo-full-gemma2": (SIMPO, "full", "gemma2"),
    "kto-lora-gemma2": (KTO, "lora", "gemma2"),
    "kto-dora-qwen3": (KTO, "dora", "qwen3"),
    "kto-prefix-llama": (KTO, "prefix", "llama"),
    "kto-full-qwen3": (KTO, "full", "qwen3"),
    "kto-ia3-gpt2": (KTO, "ia3", "gpt2"),
}


ACCUMULATIONS = {
    "accumulation-dora-gemma2": ("dora", "gemma2"),
    "accumulation-full-qwen3": ("full", "qwen3"),
    "accumulation-prefix-gpt2": ("prefix", "gpt2"),
}


def more(method):
    return {"eps": EPS} if method in WHOLE else {}


def architecture(name):
    return lambda out, seed: write_architecture(out, name, seed)


def method_on(method, base):
    return lambda out, seed: write_method(out, method, base, seed, **more(method))


def objective_of(name, objective, method, base):
    return lambda out, seed: write_objective(out, name, objective, method, base, seed, **more(method))


def accumulation_of(name, method, base):
    return lambda out, seed: write_accumulation(out, name, method, base, seed, **more(method))


def catalogue():
    """Name → what writes that folder, given the root and the seed."""
    return {
        **{f"arch/{name}": architecture(name) for name in ARCHITECTURES},
        **{f"methods/{m}-{base}": method_on(m, base) for m, on in METHOD_BASES.items() for base in on},
        **{f"objectives/{name}": objective_of(name, *row) for name, row in OBJECTIVES.items()},
        **{f"objectives/{name}": accumulation_of(name, *row) for name, row in ACCUMULATIONS.items()},
    }
