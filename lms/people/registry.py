"""What other parts want known of a person in the one query that loads whoever is signed in."""

from django.db.models import Exists

signs: dict[str, Exists] = {}


def register_sign(name: str, condition: Exists) -> None:
    """Adds a yes or no that comes with the signed-in person as the attribute `name`.

    `condition` reads the user by `OuterRef("pk")`. A no spares its part the question for rows that are not there; a
    person who was loaded in another way has no such attribute. A doubled name is an error.
    """
    if name in signs:
        raise ValueError(f"sign {name} is registered twice")
    signs[name] = condition
