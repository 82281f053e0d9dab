"""Writes one folder. Its cases are computed in float32, which is stored, and in float64: how sure is that?"""

import json
import os
import random

import torch
from safetensors.torch import save_file

from . import architectures, batches, bottleneck, form
from . import base as bases
from .compute import Computer
from .methods import BOTTLENECKS, METHODS, make_adapter
from .subject import save

# of a tolerance, the noise of the reference may be this much
NOISE = 0.3
MARGIN = 2e-3


class Noisy(ValueError):
    """float32 and float64 are too far apart for the numbers to be a reference."""


def write(folder, cases):
    """Fills in what the cases expect. Raises when a case is too noisy to be a reference."""
    noise, tensors = {}, {}
    computer = Computer(folder, cases)
    for case in cases["cases"]:
        expect, found, subject = computer.compute(case, torch.float32)
        wide, wide_found, _ = computer.compute(case, torch.float64)
        for kind, name, difference, most in form.differences(case["kind"], (expect, found), (wide, wide_found)):
            noise[kind] = max(noise.get(kind, 0.0), difference)
            part = form.share(cases["tolerance"][kind], difference, most)
            if part > NOISE:
                raise Noisy(f"{case['name']}: {name} is at {part:.0%} of its tolerance")
        case["expect"] = expect
        if case["kind"] == "curve":
            save(subject, os.path.join(folder, case["final"]), computer.base_folder)
        else:
            tensors.update({name: t.contiguous() for name, t in found.items()})
    cases["float32_noise"] = {kind: float(f"{most:.1e}") for kind, most in noise.items()}
    save_file(tensors, os.path.join(folder, "expected.safetensors"), metadata={"format": "pt"})
    with open(os.path.join(folder, "cases.json"), "w") as file:
        json.dump(cases, file)


def greedy_case(name, folder, cases, adapter, rng, vocab):
    """A prompt whose greedy tokens no rounding can turn."""
    computer = Computer(folder, cases)
    for _ in range(30):
        prompt = [1, *batches.tokens(rng, vocab, rng.randint(4, 8))]
        case = {"name": name, "kind": "greedy", "adapter": adapter, "prompt": prompt, "new_tokens": 16}
        if computer.compute(case, torch.float32)[0]["smallest_margin"] > MARGIN:
            return case
    raise Noisy(f"{name}: no prompt has a clear greedy continuation")


def sft(name, adapter, batch):
    return {"name": name, "kind": "gradient", "adapter": adapter, "batch": batch, "objective": {"type": "sft"}}


def forward(name, adapter, batch):
    return {"name": name, "kind": "forward", "adapter": adapter, "batch": batch}


def curve(adapter, objective, optimizer):
    names = ["b0", "b1", "b2", "b3"]
    shape = {"name": "curve", "kind": "curve", "adapter": adapter, "objective": objective}
    return {**shape, "optimizer": optimizer, "batches": names, "final": "final"}


def base_of(folder, name, seed):
    """The base of the folder, made when it is not there yet; its vocabulary."""
    rng = random.Random(bases.seed_of(seed, f"base/{name}"))
    config, spelling = architectures.configure(name, rng)
    if not os.path.exists(os.path.join(folder, "config.json")):
        os.makedirs(folder, exist_ok=True)
        bases.make(folder, config, spelling, rng.randrange(2**31))
    return config.vocab_size


def head(name, base, what, tolerance, conventions, **more):
    common = {"form": 1, "name": name, "base": base, "what": what, "versions": form.VERSIONS}
    return {**common, "conventions": list(conventions), "tolerance": tolerance, **more}


def write_architecture(out, name, seed):
    folder, rng = os.path.join(out, "arch", name), random.Random(bases.seed_of(seed, f"arch/{name}"))
    vocab = base_of(folder, name, bases.seed_of(seed, "arch"))
    with open(os.path.join(folder, "config.json")) as file:
        model_type = json.load(file)["model_type"]
    make_adapter(os.path.join(folder, "adapter"), folder, "lora", rng, rng.randrange(2**31))
    what = architectures.ARCHITECTURES[name]["what"]
    cases = head(name, ".", what, form.FORWARD, form.TARGETS, model_type=model_type)
    cases["batches"] = {"padded": batches.padded(rng, vocab), "packed": batches.packed(rng, vocab)}
    cases["cases"] = [
        case
        for batch in ("padded", "packed")
        for case in (
            forward(f"{batch}.base", None, batch),
            forward(f"{batch}.lora", "adapter", batch),
            sft(f"{batch}.lora.gradient", "adapter", batch),
            sft(f"{batch}.full.gradient", "full", batch),
        )
    ]
    for label, adapter in (("base", None), ("lora", "adapter")):
        cases["cases"].append(greedy_case(f"greedy.{label}", folder, cases, adapter, rng, vocab))
    write(folder, cases)


def no_decay(out_base):
    """Norms and biases, as Transformers' Trainer has it."""
    model = bases.load(out_base, torch.float32)
    return [n for n, p in model.named_parameters() if "norm" in n or ".ln_" in n or n.endswith("bias")]


def optimizer_of(method, base_folder, rng, **more):
    if method == "full":
        return form.optimizer(rng, 1e-3, no_decay=no_decay(base_folder), **more)
    entry = METHODS.get(method, {"lr": 1e-3, "optimizer": {}})
    return form.optimizer(rng, entry["lr"], **{**entry["optimizer"], **more})


def prepare(out, family, name, method, base, seed):
    """(folder, rng, vocab, base folder, adapter) of a folder whose base stands in methods/_base."""
    folder, rng = os.path.join(out, family, name), random.Random(bases.seed_of(seed, f"{family}/{name}"))
    first, _, attempt = str(seed).partition(".")
    # folders share a base; after some attempts it may be the base that is noisy
    own = int(attempt or 0) > 2
    base_folder = os.path.join(out, "methods", "_base", f"{base}-{attempt}" if own else base)
    vocab = base_of(base_folder, base, bases.seed_of(seed if own else first, "methods"))
    os.makedirs(folder, exist_ok=True)
    if method == "full":
        return folder, rng, vocab, base_folder, "full"
    make_adapter(os.path.join(folder, "init"), base_folder, method, rng, rng.randrange(2**31))
    return folder, rng, vocab, base_folder, "init"


def what_of(method):
    if method == "full":
        return "every base weight; no_decay: norms and biases; a tied head counts once, under the embedding's name"
    return bottleneck.WHAT if method in BOTTLENECKS else METHODS[method]["what"]


def write_method(out, method, base, seed, **optimizer):
    name = f"{method}-{base}"
    folder, rng, vocab, base_folder, adapter = prepare(out, "methods", name, method, base, seed)
    conventions = form.TARGETS + form.TRAINING
    where = os.path.relpath(base_folder, folder)
    cases = head(name, where, what_of(method), form.CURVE, conventions, method=method)
    cases["batches"] = {f"b{i}": batches.padded(rng, vocab) for i in range(4)}
    cases["batches"]["text"] = batches.text(rng, vocab)
    cases["cases"] = [sft("gradient", adapter, "b0"), sft("text.gradient", adapter, "text")]
    if adapter == "init":
        cases["cases"].append(forward("forward", adapter, "b1"))
        cases["cases"].append(greedy_case("greedy", folder, cases, adapter, rng, vocab))
    if method.split("-")[0] not in ("prefix", "prompt"):
        cases["batches"]["packed"] = batches.packed(rng, vocab)
        cases["cases"].append(sft("packed.gradient", adapter, "packed"))
    cases["cases"].append(curve(adapter, {"type": "sft"}, optimizer_of(method, base_folder, rng, **optimizer)))
    write(folder, cases)


def write_accumulation(out, name, method, base, seed, **optimizer):
    """One step of some rows, and of the same rows in two batches: the curves agree."""
    folder, rng, vocab, base_folder, adapter = prepare(out, "objectives", name, method, base, seed)
    what = "a batch's sum of -log p is divided by the number of targets in the whole step, never a mean of means"
    more = {"method": method, "objective": {"type": "sft"}}
    conventions = form.TARGETS + form.TRAINING
    cases = head(name, os.path.relpath(base_folder, folder), what, form.CURVE, conventions, batches={}, **more)
    for i in range(2):
        made = batches.parts(rng, vocab)
        cases["batches"].update(zip((f"whole{i}", f"part{i}a", f"part{i}b"), made))
    settings = optimizer_of(method, base_folder, rng, **optimizer)
    whole = {**curve(adapter, {"type": "sft"}, settings), "name": "whole", "batches": ["whole0", "whole1"]}
    pieces = [["part0a", "part0b"], ["part1a", "part1b"]]
    accumulated = {**whole, "name": "accumulated", "batches": pieces, "final": "final-accumulated"}
    cases["cases"] = [whole, accumulated]
    write(folder, cases)


MAKERS = {"sft": batches.padded, "text": batches.text, "kto": batches.kto}


def write_objective(out, name, objective, method, base, seed, **optimizer):
    folder, rng, vocab, base_folder, adapter = prepare(out, "objectives", name, method, base, seed)
    tolerance = form.IPO if objective["type"] == "ipo" else form.CURVE
    conventions = form.TARGETS + form.TRAINING + form.PAIRS
    what = f"{objective['type']} with {method} on {base}"
    more = {"method": method, "objective": objective}
    cases = head(name, os.path.relpath(base_folder, folder), what, tolerance, conventions, **more)
    maker = MAKERS.get(objective["type"], batches.pairs)
    cases["batches"] = {f"b{i}": maker(rng, vocab) for i in range(4)}
    first = {"name": "gradient", "kind": "gradient", "adapter": adapter, "batch": "b0", "objective": objective}
    cases["cases"] = [first, curve(adapter, objective, optimizer_of(method, base_folder, rng, **optimizer))]
    write(folder, cases)
