"""Runs the cases of a folder that is there already and compares: does this program say what the folder says?"""

import json
import os

import torch
from safetensors.torch import load_file

from .compute import Computer
from .form import differences, share


def real_places(cases):
    """Which logits count, by tensor name: pads hold whatever PyTorch computed."""
    masks = {}
    for case in cases["cases"]:
        if case["kind"] == "forward" and "attention_mask" in cases["batches"][case["batch"]]:
            mask = torch.tensor(cases["batches"][case["batch"]]["attention_mask"])
            masks[f"{case['name']}.logits"] = mask.bool()
    return masks


def stored_tensors(folder, case, expected):
    tensors = {n: t for n, t in expected.items() if n.startswith((f"{case['name']}.grad.", f"{case['name']}.logits"))}
    if case["kind"] == "curve":
        name = "model.safetensors" if case["adapter"] == "full" else "adapter_model.safetensors"
        stored = load_file(os.path.join(folder, case["final"], name))
        tensors.update({f"final.{key}": value for key, value in stored.items()})
    return tensors


def check_case(computer, case, expected):
    """(name of the worst quantity, its share of the tolerance)."""
    folder, cases = computer.folder, computer.cases
    expect, tensors, _ = computer.compute(case, torch.float32)
    if case["kind"] == "greedy":
        return "tokens", 0.0 if expect["tokens"] == case["expect"]["tokens"] else float("inf")
    stored = stored_tensors(folder, case, expected)
    # what travels along untrained, as VeRA's projections do, is the same by being stored
    stored = {name: t for name, t in stored.items() if name in tensors or not name.startswith("final.")}
    found = differences(case["kind"], (expect, tensors), (case["expect"], stored), real_places(cases))
    return max(((name, share(cases["tolerance"][kind], d, most)) for kind, name, d, most in found), key=lambda x: x[1])


def check(folder):
    """Prints one line a case; how many were beyond their tolerance."""
    with open(os.path.join(folder, "cases.json")) as file:
        cases = json.load(file)
    expected = load_file(os.path.join(folder, "expected.safetensors"))
    computer = Computer(folder, cases)
    failed = 0
    for case in cases["cases"]:
        name, worst = check_case(computer, case, expected)
        failed += not worst <= 1
        print(f"{'ok  ' if worst <= 1 else 'FAIL'} {folder} {case['name']}: {name} at {worst:.0%} of tolerance")
    return failed
