"""Reference folders (`"form": 1`) from PyTorch, transformers and PEFT: see ../make_reference.py."""
