"""Reads a course that was written as a TOML file into what pages and questions store; no database."""

import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from courses.pages.rules import starter_key

FOLDER = Path(__file__).resolve().parent


def read_course(file: Path) -> dict[str, Any]:
    """The whole file; its head says how it is laid out."""
    return tomllib.loads(file.read_text("utf-8"))


def question_path(course: str, code: str) -> str:
    """A question's place among the starter keys."""
    return f"{course}/question/{code}"


def stored_choices(slug_path: str, choices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choices as a StreamField keeps them; their ids are the same in every installation."""
    key = starter_key(slug_path)
    return [
        {
            "type": "choice",
            "id": str(uuid5(key, str(place))),
            "value": {"text": choice["text"], "correct": choice["correct"], "feedback": choice.get("feedback", "")},
        }
        for place, choice in enumerate(choices, start=1)
    ]


def stored_block(block: dict[str, Any], slug_path: str, place: int, pictures: dict[str, int]) -> dict[str, Any]:
    """A block of a lesson as a StreamField keeps it; `pictures`: file name -> id of the stored picture."""
    key = uuid5(starter_key(slug_path), f"block {place}")
    return {"type": block["type"], "id": str(key), "value": value_of(block, key, pictures)}


def value_of(block: dict[str, Any], key: UUID, pictures: dict[str, int]) -> Any:
    """What stands in a block."""
    if block["type"] == "picture":
        return {"image": pictures[block["file"]], "alt": block["alt"], "caption": block.get("caption", "")}
    if block["type"] == "practice":
        choices = [
            {
                "type": "item",
                "id": str(uuid5(key, f"choice {number}")),
                "value": {"text": said["text"], "correct": said["correct"], "feedback": said.get("feedback", "")},
            }
            for number, said in enumerate(block["choices"], start=1)
        ]
        return {"question": block["question"], "choices": choices, "explanation": block.get("explanation", "")}
    return block["text"].strip()


def picture_files(course: dict[str, Any]) -> dict[str, str]:
    """File name -> what it shows, of every picture in the lessons."""
    blocks = (block for module in course["module"] for lesson in module["lesson"] for block in lesson["block"])
    return {block["file"]: block["alt"] for block in blocks if block["type"] == "picture"}
