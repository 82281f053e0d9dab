"""Batches of random tokens: padded, packed, pairs, and KTO's rows with their mismatched twins.

A label at t is the token at t where it is a target, else -100; it is predicted from t - 1. Ids 0, 1, 2 are pad, begin
and end.
"""

IGNORE = -100


def tokens(rng, vocab, n):
    return [rng.randrange(3, vocab) for _ in range(n)]


def example(rng, vocab, prompt=(3, 7), answer=(3, 10)):
    """A prompt and its answer, as ids."""
    return [1, *tokens(rng, vocab, rng.randint(*prompt) - 1)], [*tokens(rng, vocab, rng.randint(*answer) - 1), 2]


def row(prompt, answer):
    return prompt + answer, [IGNORE] * len(prompt) + answer


def pad(rows, extra=0):
    """Rows of (ids, labels) padded on the right."""
    width = max(len(ids) for ids, _ in rows) + extra
    return {
        "input_ids": [ids + [0] * (width - len(ids)) for ids, _ in rows],
        "attention_mask": [[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in rows],
        "labels": [labels + [IGNORE] * (width - len(labels)) for _, labels in rows],
    }


def two_turns(rng, vocab):
    """Two answers in one row, as a conversation has."""
    first, second = row(*example(rng, vocab, (3, 4), (2, 4))), row(*example(rng, vocab, (3, 4), (2, 5)))
    return first[0] + second[0], first[1] + second[1]


def padded(rng, vocab, rows=None):
    """Answers are the targets. The first row is a conversation; one row may be long, one may have no target, and none
    need be as wide as the batch."""
    made = [two_turns(rng, vocab), *(row(*example(rng, vocab)) for _ in range((rows or rng.randint(1, 4)) - 1))]
    if rng.random() < 0.3:
        made.append(row(*example(rng, vocab, (12, 18), (12, 18))))
    if rng.random() < 0.2:
        ids, _ = row(*example(rng, vocab))
        made.append((ids, [IGNORE] * len(ids)))
    return pad(made, extra=rng.choice([0, 0, 1, 3]))


def text(rng, vocab, rows=3):
    """Every token but the first is a target."""
    made = []
    for _ in range(rows):
        ids = [1, *tokens(rng, vocab, rng.randint(6, 14)), 2]
        made.append((ids, [IGNORE, *ids[1:]]))
    return pad(made)


def packed(rng, vocab, segments=3):
    """One row of several examples; positions restart and no token sees another segment."""
    rows = [row(*example(rng, vocab)) for _ in range(segments)]
    return {
        "packed": True,
        "input_ids": [sum((ids for ids, _ in rows), [])],
        "position_ids": [sum((list(range(len(ids))) for ids, _ in rows), [])],
        "segment_ids": [sum(([i] * len(ids) for i, (ids, _) in enumerate(rows)), [])],
        "labels": [sum((labels for _, labels in rows), [])],
    }


def pairs(rng, vocab):
    """Rows 0..pairs-1 are chosen, the others rejected, in the same order."""
    count, chosen, rejected = rng.randint(1, 4), [], []
    for _ in range(count):
        prompt, good = example(rng, vocab)
        chosen.append(row(prompt, good))
        rejected.append(row(prompt, example(rng, vocab)[1]))
    return {"pairs": count, **pad(chosen + rejected)}


def kto(rng, vocab):
    """Labelled rows; kl_*: prompt i with the answer of row i - 1, the first with the last one's."""
    rows = rng.randint(2, 5)
    examples = [example(rng, vocab) for _ in range(rows)]
    first = rng.random() < 0.5
    mismatched = pad([row(prompt, examples[i - 1][1]) for i, (prompt, _) in enumerate(examples)])
    return {
        "desirable": [(i % 2 == 0) == first for i in range(rows)],
        **pad([row(*e) for e in examples]),
        **{f"kl_{name}": value for name, value in mismatched.items()},
    }


def parts(rng, vocab):
    """One batch, and the same rows in two."""
    rows = [row(*example(rng, vocab)) for _ in range(5)]
    cut = rng.randint(1, 4)
    return pad(rows), pad(rows[:cut]), pad(rows[cut:])


def sequences(batch):
    """The rows of a padded batch without pads, or the segments of a packed one, as (ids, labels)."""
    if batch.get("packed"):
        (ids,), (labels,), (segments,) = batch["input_ids"], batch["labels"], batch["segment_ids"]
        starts = [i for i, s in enumerate(segments) if i == 0 or s != segments[i - 1]]
        return [(ids[a:b], labels[a:b]) for a, b in zip(starts, [*starts[1:], len(ids)])]
    lengths = [sum(mask) for mask in batch["attention_mask"]]
    return [(i[:n], l[:n]) for i, l, n in zip(batch["input_ids"], batch["labels"], lengths)]
