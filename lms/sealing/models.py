"""A model field whose text lies sealed in the database."""

from typing import Any

from django.db import models

from lms.sealing.rules import seal, unseal


class SealedTextField(models.BinaryField):
    """Text sealed under `<about>:<row id>:<field>`. The row's id must be made before the insert (UUID default).

    It unseals on first reading, so that a list that never shows the text never opens it. It cannot be searched by SQL.
    """

    description = "Text, encrypted"

    def __init__(self, *args: Any, about: str = "", **kwargs: Any) -> None:
        self.about = about
        kwargs.setdefault("editable", True)
        kwargs.setdefault("default", b"")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["about"] = self.about
        return name, path, args, kwargs

    def get_default(self) -> str:
        return ""

    def value_to_string(self, instance: models.Model) -> str:
        return str(getattr(instance, self.attname))

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, SealedText(self))

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        held = model_instance.__dict__.get(self.attname, "")
        return held if isinstance(held, bytes | memoryview) else seal(held, about=self.bound_to(model_instance))

    def bound_to(self, instance: models.Model) -> str:
        """The associated data of this field in this row."""
        return f"{self.about}:{instance.pk}:{self.attname}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value == "":
            value = b""
        if isinstance(value, str):
            raise TypeError(f"{self.name} is sealed: it can be neither searched nor set by update().")
        return super().get_db_prep_value(value, connection, prepared)


class SealedText:
    """Opens the field when it is read."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        held = instance.__dict__[name]
        if isinstance(held, bytes | memoryview):
            held = instance.__dict__[name] = unseal(held, about=self.field.bound_to(instance)) if held else ""
        return held

    def __set__(self, instance: models.Model, value: str | bytes | None) -> None:
        instance.__dict__[self.field.attname] = "" if value is None else value
