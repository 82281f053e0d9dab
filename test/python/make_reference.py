"""Writes reference folders from PyTorch, transformers and PEFT, or checks ones that are there.

make_reference.py OUT [--seed N] [--only NAME…]   arch/, methods/ and objectives/ under OUT; NAME may be part of a name
make_reference.py --list [--only NAME…]           their names, one a line
make_reference.py --check FOLDER…                 recomputes every case and compares, exit 1 beyond a tolerance

The form is `"form": 1` (`npm run parity -- FOLDER…` reads it). Another seed gives other values, shapes and batches.
"""

import argparse
import os
import shutil
import sys
import traceback
import warnings

import torch
from transformers.utils import logging

from reference.catalogue import catalogue
from reference.check import check
from reference.folders import Noisy

ATTEMPTS = 7


def made(name, write, out, seed):
    """Whether the folder was written, by the first of some seeds whose numbers are sure enough."""
    for attempt in range(ATTEMPTS):
        shutil.rmtree(os.path.join(out, name), ignore_errors=True)
        try:
            write(out, seed if attempt == 0 else f"{seed}.{attempt}")
            print(f"made {name}", flush=True)
            return True
        except Noisy as noisy:
            print(f"again {name}: {noisy}", flush=True)
        except Exception:
            traceback.print_exc(file=sys.stdout)
            break
    print(f"FAIL {name}", flush=True)
    shutil.rmtree(os.path.join(out, name), ignore_errors=True)
    return False


def chosen(only):
    return {n: write for n, write in catalogue().items() if not only or any(part in n for part in only)}


def run(ask):
    """How many folders could not be made, or how many cases are beyond a tolerance."""
    if ask.check:
        return sum(check(folder) for folder in ask.check)
    if ask.list:
        print("\n".join(chosen(ask.only)))
        return 0
    return sum(not made(name, write, ask.out, ask.seed) for name, write in chosen(ask.only).items())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", nargs="+", default=[])
    ask = parser.parse_args()
    if not (ask.out or ask.list or ask.check):
        parser.error("where to? (OUT, --list or --check)")
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    sys.exit(1 if run(ask) else 0)


main()
