"""What a page is: an address, a title, a component, and what runs when it opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True)
class Page:
    """One entry of PAGES; `on_load` must be idempotent, it runs again on reconnect."""

    route: str
    title: str
    component: Callable[[], rx.Component]
    on_load: tuple[Any, ...] = ()
