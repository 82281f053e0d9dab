"""The parts of a cases.json that every folder shares, and how far two answers are apart by its tolerances."""

import importlib.metadata

VERSIONS = {name: importlib.metadata.version(name) for name in ("torch", "transformers", "peft")}

FORWARD = {
    "logits": {"abs": 1e-05, "rel": 1e-05},
    "loss": {"abs": 5e-06, "rel": 0},
    "gradients": {"abs": 1e-06, "rel": 3e-05},
    "grad_norm": {"abs": 0, "rel": 2e-05},
}
CURVE = {
    **FORWARD,
    "curve_loss": {"abs": 2e-05, "rel": 0},
    "curve_grad_norm": {"abs": 0, "rel": 0.0001},
    "final": {"abs": 4e-06, "rel": 0},
    "metrics": {"abs": 2e-05, "rel": 1e-05},
}
# its losses are squares of tens
IPO = {**CURVE, "loss": {"abs": 2e-05, "rel": 1e-06}, "curve_loss": {"abs": 5e-05, "rel": 2e-06}}

TARGETS = (
    "A target at position t is labels[b][t]; it is predicted from logits[b][t-1]; -100 is no target. loss = mean over "
    "all targets of the batch of -log softmax(logits)[target].",
    "Rows are padded on the right with id 0; attention_mask 0 at pads. Compare logits only where attention_mask is 1.",
    "Positions are 0,1,2,... in each row; a packed row restarts them, and a token sees only tokens of its own segment "
    "(segment_ids); the first token of a segment is never a target. Packed rows were computed segment by segment.",
    "Gradients are of the loss with respect to each trained tensor, under the key that its file uses.",
    "Greedy: argmax of the last logits, no stop token, the whole prompt is recomputed (no cache). smallest_margin is "
    "the smallest gap between the two best logits.",
    "tolerance: a tensor passes when max|x - expected| <= abs + rel * max|expected| over that tensor; a number when "
    "|x - expected| <= abs + rel * |expected|. float32_noise: largest |float32 - float64| of the reference, per kind.",
)
TRAINING = (
    "Step s (from 0) uses batches[s mod n]; lr(s) = lr * s/warmup_steps up to warmup_steps, then a cosine to 0 at "
    "total_steps: Transformers' get_cosine_schedule_with_warmup, so the first step has lr 0.",
    "One step: gradient of the step's loss; grad_norm before clipping; gradients times min(1, clip / (grad_norm + "
    "1e-6)); AdamW as torch.optim.AdamW. Weight decay on every trained tensor, except those in no_decay.",
    "final: trained values after the last step, as PEFT writes them.",
)
PAIRS = (
    "Preference batches: rows 0..pairs-1 are chosen, the next `pairs` rows are rejected, in the same order; labels are "
    "-100 on prompt and pads. Values per row are in row order.",
)


def optimizer(rng, lr, **more):
    """AdamW with drawn settings; the schedule is Transformers' cosine one."""
    total = rng.choice([6, 8, 10])
    return {
        "type": "adamw",
        "lr": lr,
        "betas": [0.9, rng.choice([0.95, 0.99, 0.999])],
        "eps": rng.choice([1e-08, 1e-07]),
        "weight_decay": rng.choice([0.0, 0.01, 0.1]),
        "clip": rng.choice([None, 0.5, 1.0, 1.0]),
        "schedule": "linear warm-up then cosine to zero",
        "warmup_steps": rng.choice([0, 1, 2, 3]),
        "total_steps": total,
        **more,
    }


def kind_of(case_kind, name):
    """Which tolerance a quantity falls under."""
    if name in ("loss", "grad_norm"):
        return f"curve_{name}" if case_kind == "curve" else name
    if ".grad." in name:
        return "gradients"
    if name.endswith(".logits"):
        return "logits"
    return "final" if name.startswith("final.") else "metrics"


def differences(case_kind, got, expected, places=None):
    """Yields (kind, name, |difference|, largest |expected|) of everything that is compared.

    got, expected: (expect, tensors); `places` masks the logits that count, by tensor name.
    """
    (got_expect, got_tensors), (expect, tensors) = got, expected
    pairs = [(got_expect, expect)]
    if "steps" in expect:
        pairs = list(zip(got_expect["steps"], expect["steps"], strict=True))
    for mine, theirs in pairs:
        for name, value in theirs.items():
            if name in ("step", "lr", "tokens", "label_count", "smallest_margin"):
                continue
            a, b = (x if isinstance(x, list) else [x] for x in (mine[name], value))
            most = max(abs(x - y) for x, y in zip(a, b, strict=True))
            yield kind_of(case_kind, name), name, most, max(map(abs, b))
    for name, tensor in tensors.items():
        a, b = got_tensors[name].double(), tensor.double()
        if places and name in places:
            a, b = a[places[name]], b[places[name]]
        yield kind_of(case_kind, name), name, (a - b).abs().max().item(), b.abs().max().item()


def share(tolerance, difference, largest):
    allowed = tolerance["abs"] + tolerance["rel"] * largest
    return difference / allowed if allowed > 0 else (0.0 if difference == 0 else float("inf"))
