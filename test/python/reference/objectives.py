"""Losses after the source of TRL 1.16, from log-probabilities of the targets.

Each takes the batch, what the policy gives for it and what the reference gives, and returns the loss and what the
objective reports. Lists are per row, in row order.
"""

import torch
from torch.nn.functional import logsigmoid

from .batches import IGNORE

NEEDS_REFERENCE = {"dpo", "ipo", "kto"}


def log_probabilities(logits, labels):
    """log p of the targets, 0 elsewhere, and how many targets each row has."""
    labels = torch.tensor(labels)[:, 1:]
    target = labels != IGNORE
    logp = logits[:, :-1].log_softmax(-1).gather(-1, labels.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    return torch.where(target, logp, 0.0), target.sum(-1)


def row_sums(logits, labels):
    logp, count = log_probabilities(logits, labels)
    return logp.sum(-1), count


def split(x, batch):
    return x[: batch["pairs"]], x[batch["pairs"] :]


def numbers(x):
    return x.detach().tolist()


def dpo(objective, batch, policy, reference):
    beta, smoothing = objective["beta"], objective.get("label_smoothing", 0.0)
    s, count = row_sums(policy["logits"], batch["labels"])
    ratio = s - reference["logps"]
    chosen, rejected = split(ratio, batch)
    if objective["type"] == "ipo":
        a, b = split(ratio / count, batch)
        losses = (a - b - 1 / (2 * beta)) ** 2
    else:
        x = beta * (chosen - rejected)
        losses = -logsigmoid(x) * (1 - smoothing) - logsigmoid(-x) * smoothing
    good, bad = beta * chosen, beta * rejected
    return losses.mean(), {
        "logps": numbers(s),
        "reference_logps": numbers(reference["logps"]),
        "rewards_chosen": numbers(good),
        "rewards_rejected": numbers(bad),
        "margin": (good - bad).mean().item(),
        "per_pair_loss": numbers(losses),
    }


def chosen_nll(batch, policy):
    """Mean over every token of the chosen rows, the prompt's too."""
    n = batch["pairs"]
    everything = [
        [token if mask and i > 0 else IGNORE for i, (token, mask) in enumerate(zip(ids, masks))]
        for ids, masks in zip(batch["input_ids"][:n], batch["attention_mask"][:n])
    ]
    logp, count = log_probabilities(policy["logits"][:n], everything)
    return -logp.sum() / count.sum()


def orpo(objective, batch, policy, _reference):
    s, count = row_sums(policy["logits"], batch["labels"])
    mean = s / count
    a, b = split(mean, batch)
    odds = (a - b) - (torch.log1p(-torch.exp(a)) - torch.log1p(-torch.exp(b)))
    ratio = logsigmoid(odds)
    nll = chosen_nll(batch, policy)
    return nll - objective["beta"] * ratio.mean(), {
        "average_logps": numbers(mean),
        "nll_chosen_full_sequence": nll.item(),
        "log_odds": numbers(odds),
        "log_odds_ratio": numbers(ratio),
    }


def simpo(objective, batch, policy, _reference):
    s, count = row_sums(policy["logits"], batch["labels"])
    a, b = split(s / count, batch)
    losses = -logsigmoid(objective["beta"] * (a - b) - objective["gamma"])
    return losses.mean(), {
        "average_logps": numbers(s / count),
        "per_pair_loss": numbers(losses),
        "margin": (objective["beta"] * (a - b)).mean().item(),
    }


def kto(objective, batch, policy, reference):
    beta = objective["beta"]
    s, _ = row_sums(policy["logits"], batch["labels"])
    kl_s, _ = row_sums(policy["kl_logits"].detach(), batch["kl_labels"])
    kl = (kl_s - reference["kl_logps"]).mean().clamp(min=0)
    ratio = s - reference["logps"]
    desirable = torch.tensor(batch["desirable"])
    losses = torch.where(
        desirable,
        objective["desirable_weight"] * (1 - torch.sigmoid(beta * (ratio - kl))),
        objective["undesirable_weight"] * (1 - torch.sigmoid(beta * (kl - ratio))),
    )
    return losses.mean(), {
        "logps": numbers(s),
        "reference_logps": numbers(reference["logps"]),
        "kl_logps": numbers(kl_s),
        "kl_reference_logps": numbers(reference["kl_logps"]),
        "kl": kl.item(),
        "rewards": numbers(beta * ratio),
        "per_row_loss": numbers(losses),
    }


PREFERENCES = {"dpo": dpo, "ipo": dpo, "orpo": orpo, "simpo": simpo, "kto": kto}
