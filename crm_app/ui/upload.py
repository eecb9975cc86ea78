"""A place to drop or choose a file."""

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.forms import Input


def drop_zone(label: str, *children: rx.Component, **props: Any) -> rx.Component:
    """Reflex's bare upload, with a name for the file input that it hides."""
    zone = rx.upload.root(*children, **props)
    named = [part for part in _all(zone) if isinstance(part, Input)]
    assert named, "the upload of this Reflex has no input of its own any more"
    for part in named:
        part.custom_attrs = {**part.custom_attrs, "aria-label": label}
    return zone


def _all(part: Any) -> list[Any]:
    found = [part]
    for child in getattr(part, "children", []):
        found += _all(child)
    return found
