"""How well and how fast the guard looks at a text."""

from time import process_time
from typing import Any

from supervision.guard.rules import find
from tests.supervision.guard.measure import measured, texts

ROUNDS = 20


def measure() -> list[dict[str, Any]]:
    """Recall and precision by language, and the processor's time for one text."""
    score, held = measured(), [entry["text"] for entry in texts()]
    begun = process_time()
    for _ in range(ROUNDS):
        for text in held:
            find(text)
    cost = (process_time() - begun) / ROUNDS / len(held) * 1e6
    return [
        {
            "language": language,
            "to find": score.total(score.found, language) + score.total(score.missed, language),
            "recall": f"{score.recall(language):.3f}",
            "precision": f"{score.precision(language):.3f}",
            "CPU us a text": round(cost),
        }
        for language in ("en", "sw", "ar")
    ]
