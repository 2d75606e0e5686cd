"""Turn what pydantic found wrong into one sentence with a line number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from cicatrix.knowledge.document import Document, Place
from cicatrix.vocabulary import nearest

_LONGEST_SHOWN = 60
_KINDS = {
    "float_parsing": "a number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
}


def complaints(error: ValidationError, document: Document, model: type[BaseModel]) -> list[str]:
    """Every fault as ``line 7: effects.0.n needs a whole number, and has 'many'``, in order."""
    found = []
    for fault in error.errors():
        place: Place = tuple(fault["loc"])
        line = document.line_of(place)
        found.append((line, f"line {line}: {_sentence(dict(fault), place, model)}"))
    return [text for _, text in sorted(found, key=lambda pair: pair[0])]


def _sentence(  # noqa: PLR0911 - one return for each kind of fault
    fault: dict[str, Any], place: Place, model: type[BaseModel]
) -> str:
    kind, given = fault["type"], fault.get("input")
    where = ".".join(str(step) for step in place)
    if kind == "missing":
        return _no(where)
    if kind == "extra_forbidden":
        *parent, name = place
        fields = _fields_at(model, tuple(parent))
        inside = f"'{'.'.join(map(str, parent))}' " if parent else ""
        return f"{inside}knows no field called '{name}'{nearest(str(name), fields)}"
    if kind in ("too_short", "string_too_short"):
        return _no(where)
    if kind in ("literal_error", "enum"):
        expected = str(fault["ctx"]["expected"])
        words = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
        return f"{where} is '{given}', not one of {', '.join(words)}{nearest(str(given), words)}"
    if kind == "value_error":
        message = str(fault["msg"]).removeprefix("Value error, ")
        return f"{where} {message}" if where else message
    if kind in _KINDS:
        return f"{where} needs {_KINDS[kind]}, and has {_short(given)}"
    limits = {"greater_than_equal": "ge", "less_than_equal": "le", "greater_than": "gt"}
    if kind in limits:
        bound = fault["ctx"][limits[kind]]
        side = "at most" if kind == "less_than_equal" else "at least"
        return f"{where} is {_short(given)}, and must be {side} {bound:g}"
    message = str(fault["msg"])
    return f"{where}: {message[0].lower()}{message[1:]}, and has {_short(given)}"


def _no(where: str) -> str:
    inside, _, name = where.rpartition(".")
    name = "source" if name == "sources" else name
    return f"{inside} has no {name}" if inside else f"has no {name}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def _fields_at(model: type[BaseModel], place: Place) -> Iterable[str]:
    """The names that fit at a place of a model, as far as they can be told."""
    current: Any = model
    for step in place:
        if isinstance(step, int):
            continue
        field = next(
            (f for n, f in getattr(current, "model_fields", {}).items() if step in (n, f.alias)),
            None,
        )
        if field is None:
            return ()
        current = _model_in(field.annotation)
    fields = getattr(current, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
