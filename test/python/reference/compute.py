"""What PyTorch gives for one case of a cases.json: numbers, tensors, and the trained values of a curve."""

import math
import os
from contextlib import contextmanager, nullcontext

import torch

from . import base as bases
from . import subject as subjects
from .objectives import NEEDS_REFERENCE, PREFERENCES, log_probabilities, row_sums


@contextmanager
def precision(dtype):
    """Arithmetic in this dtype. Files are read outside of it: safetensors has to see its own dtypes."""
    torch.set_default_dtype(dtype)
    try:
        with bases.Double() if dtype is torch.float64 else nullcontext():
            yield
    finally:
        torch.set_default_dtype(torch.float32)


def kl_part(batch):
    return {name.removeprefix("kl_"): value for name, value in batch.items() if name.startswith("kl_")}


def needs_reference(case):
    return case.get("objective", {}).get("type") in NEEDS_REFERENCE


@torch.no_grad()
def reference_of(plain, batches, names):
    """Log-probabilities of the base with nothing trained, by batch."""
    if plain is None:
        return {}
    out = {}
    for name in names:
        batch = batches[name]
        out[name] = {"logps": row_sums(subjects.batch_logits(plain, batch), batch["labels"])[0]}
        if "kl_labels" in batch:
            kl = kl_part(batch)
            out[name]["kl_logps"] = row_sums(subjects.batch_logits(plain, kl), kl["labels"])[0]
    return out


def supervised(subject, batches):
    """Sum of -log p over the targets of all batches of the step, by the number of them."""
    parts = [log_probabilities(subjects.batch_logits(subject, b), b["labels"]) for b in batches]
    count = sum(int(n.sum()) for _, n in parts)
    return -sum(logp.sum() for logp, _ in parts) / count, {"label_count": count}


def preferred(subject, objective, batch, reference):
    policy = {"logits": subjects.batch_logits(subject, batch)}
    if "kl_labels" in batch:
        with torch.no_grad():
            policy["kl_logits"] = subjects.batch_logits(subject, kl_part(batch))
    return PREFERENCES[objective["type"]](objective, batch, policy, reference)


def loss_of(subject, objective, cases, names, references):
    batches = [cases["batches"][name] for name in names]
    if objective["type"] not in PREFERENCES:
        return supervised(subject, batches)
    (batch,), (name,) = batches, names
    return preferred(subject, objective, batch, references.get(name))


def forward(case, cases, subject, _plain):
    batch = cases["batches"][case["batch"]]
    with torch.no_grad():
        logits = subjects.batch_logits(subject, batch)
        logp, count = log_probabilities(logits, batch["labels"])
        loss = -logp.sum() / count.sum()
    expect = {"loss": loss.item(), "label_count": int(count.sum())}
    return expect, {f"{case['name']}.logits": logits}


def gradient(case, cases, subject, plain):
    names = [case["batch"]]
    references = reference_of(plain, cases["batches"], names)
    loss, reports = loss_of(subject, case["objective"], cases, names, references)
    loss.backward()
    # a value that the loss does not reach has the gradient 0
    grads = {n: torch.zeros_like(p) if p.grad is None else p.grad for n, p in subject.trained.items()}
    norm = math.sqrt(sum(float((g.double() ** 2).sum()) for g in grads.values()))
    expect = {"loss": loss.item(), "grad_norm": norm, **reports}
    return expect, {f"{case['name']}.grad.{name}": g for name, g in grads.items()}


@torch.no_grad()
def greedy(case, _cases, subject, _plain):
    ids, tokens, margin = list(case["prompt"]), [], math.inf
    for _ in range(case["new_tokens"]):
        last = subjects.row_logits(subject, [ids], [[1] * len(ids)])[0, -1]
        best = last.topk(2)
        margin = min(margin, (best.values[0] - best.values[1]).item())
        tokens.append(int(best.indices[0]))
        ids.append(tokens[-1])
    return {"tokens": tokens, "smallest_margin": margin}, {}


def rate(optimizer, step):
    """Linear warm-up, then a cosine to zero, as Transformers' get_cosine_schedule_with_warmup."""
    warmup, total = optimizer["warmup_steps"], optimizer["total_steps"]
    if step < warmup:
        return optimizer["lr"] * step / warmup
    return optimizer["lr"] * 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


def groups(optimizer, trained):
    """Parameters by (rate ratio, decay)."""
    ratio, spared = optimizer.get("lr_ratio_b", 1), set(optimizer.get("no_decay", ()))
    found = {}
    for name, parameter in trained.items():
        key = (ratio if ".lora_B." in name else 1, 0.0 if name in spared else optimizer["weight_decay"])
        found.setdefault(key, []).append(parameter)
    return [{"params": p, "ratio": r, "weight_decay": decay} for (r, decay), p in found.items()]


def curve(case, cases, subject, plain):
    o, objective = case["optimizer"], case["objective"]
    references = reference_of(plain, cases["batches"], case["batches"])
    adamw = torch.optim.AdamW(groups(o, subject.trained), lr=o["lr"], betas=o["betas"], eps=o["eps"])
    steps = []
    for step in range(o["total_steps"]):
        names = case["batches"][step % len(case["batches"])]
        names = [names] if isinstance(names, str) else names
        loss, reports = loss_of(subject, objective, cases, names, references)
        adamw.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(subject.trained.values(), math.inf if o["clip"] is None else o["clip"])
        lr = rate(o, step)
        for group in adamw.param_groups:
            group["lr"] = lr * group["ratio"]
        adamw.step()
        report = {name: reports[name] for name in ("margin", "kl") if name in reports}
        steps.append({"step": step + 1, "lr": lr, "loss": loss.item(), "grad_norm": norm.item(), **report})
    return {"steps": steps}, {f"final.{name}": p.detach() for name, p in subject.trained.items()}


KINDS = {"forward": forward, "gradient": gradient, "greedy": greedy, "curve": curve}


class Computer:
    """Computes cases of one folder; what it loaded once it keeps, since loading takes longest."""

    def __init__(self, folder, cases):
        self.folder, self.cases, self.loaded = folder, cases, {}
        self.base_folder = os.path.normpath(os.path.join(folder, cases["base"]))

    def subject(self, adapter, dtype):
        key = (adapter, dtype)
        if key not in self.loaded:
            folder = adapter if adapter in (None, "full") else os.path.join(self.folder, adapter)
            self.loaded[key] = subjects.load(self.base_folder, folder, dtype)
        for parameter in self.loaded[key].trained.values():
            parameter.grad = None
        return self.loaded[key]

    def compute(self, case, dtype):
        """(expect, tensors, subject) of a case."""
        subject = self.subject(case["adapter"], dtype)
        plain = self.subject(None, dtype) if needs_reference(case) else None
        with precision(dtype):
            expect, tensors = KINDS[case["kind"]](case, self.cases, subject, plain)
        if case["kind"] == "curve":
            del self.loaded[case["adapter"], dtype]  # its values are others now
        return expect, tensors, subject
