"""One table of a file against its model: the first complaint becomes an error that says where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from lamella.assays.reading import Key, Source
from lamella.errors import InputError, nearest

Model = TypeVar("Model", bound=BaseModel)

_WORDS = {
    "int_type": "A whole number is expected.",
    "int_from_float": "A whole number is expected.",
    "float_type": "A number is expected.",
    "string_type": "Text in quotes is expected.",
    "bool_type": "Either true or false is expected.",
    "dict_type": "A table is expected.",
    "model_type": "A table is expected.",
    "model_attributes_type": "A table is expected.",
    "tuple_type": "A list is expected.",
    "list_type": "A list is expected.",
    "finite_number": "A finite number is expected.",
    "float_parsing": "A number is expected.",
    "int_parsing": "A whole number is expected.",
}
"""pydantic's kinds of complaint in the words of the file."""

_REMEDY = "Correct the value, or leave the key out where there is a default."


def validated(model: type[Model], value: object, source: Source, key: Key) -> Model:
    """`value` as a `model`.

    key      where the value stands in the file
    raises   InputError: an unknown key (with the nearest known), a missing one, a value that is not allowed
    """
    if isinstance(value, dict):
        for name in value:
            if name not in model.model_fields:
                raise unknown_key(name, model.model_fields, source, (*key, name))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _complaint(error.errors()[0], model, value, source, key) from None
    except InputError as error:
        raise placed(error, source, (*key, *_culprit(model, value))) from None


def unknown_key(name: str, known: Iterable[str], source: Source, key: Key) -> InputError:
    return InputError(f"unknown key '{name}'", where=source.where(key), remedy=nearest(name, known))


def placed(error: InputError, source: Source, key: Key) -> InputError:
    """The same error, with the place of `key` in the file."""
    return type(error)(error.what, where=source.where(key), why=error.why, remedy=error.remedy or _REMEDY)


def entries(table: Mapping[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Every innermost statement of a table with sub-tables and lists, alone in a table of the same shape."""
    for name, item in table.items():
        if isinstance(item, dict) and item:
            for inner, value in item.items():
                yield (name, inner), {name: {inner: value}}
        elif isinstance(item, (list, tuple)) and item:
            for number, value in enumerate(item):
                yield (name, number), {name: [value]}
        else:
            yield (name,), {name: item}


def _complaint(found: Any, model: type[BaseModel], value: Any, source: Source, key: Key) -> InputError:
    """What pydantic says of one value, as an error of ours."""
    inside, at = value, list(key)
    for part in found["loc"]:
        try:
            inside = inside[part]  # pydantic's path also names things that are not in the file
        except (TypeError, KeyError, IndexError):
            break
        at.append(part)
    last = str(found["loc"][-1]) if found["loc"] else ""
    if found["type"] == "missing":
        return InputError(f"the key '{last}' is missing", where=source.where(at), remedy=f"Add `{last} = ...`.")
    if found["type"] == "extra_forbidden":
        return unknown_key(last, _fields_at(model, found["loc"][:-1]), source, at)
    message = found["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ").rstrip(".")
    shown = repr(inside)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return InputError(f"{shown} is not allowed here", where=source.where(at),
                      why=_WORDS.get(found["type"], message + "."), remedy=_REMEDY)


def _fields_at(model: type[BaseModel], loc: Key) -> Iterable[str]:
    """Names of the fields of the model nested at `loc`; none where that is not a model."""
    for part in loc:
        if isinstance(part, int):
            continue
        candidates = [model.model_fields[part].annotation] if part in model.model_fields else []
        while candidates:
            found = candidates.pop()
            if isinstance(found, type) and issubclass(found, BaseModel):
                model = found
                break
            candidates.extend(getattr(found, "__args__", ()))
        else:
            return ()
    return model.model_fields


def _culprit(model: type[BaseModel], value: object) -> Key:
    """Which statement of a table a validator refused: the first that is refused alone."""
    for key, alone in entries(value) if isinstance(value, dict) else ():
        try:
            model.model_validate(alone)
        except ValidationError:
            continue
        except InputError:
            return key
    return ()
