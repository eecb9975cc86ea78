"""Every event handler that a browser can call says which right it needs; no state sends a table row."""

import importlib
import pkgutil
from typing import Any, get_type_hints

import pytest

import crm_app
from crm_app.core.schema import Child, Fact, Operational, Record

rx = pytest.importorskip("reflex")


@pytest.fixture(scope="module")
def states() -> list[Any]:
    """Every state of Kith."""
    for module in pkgutil.walk_packages(crm_app.__path__, "crm_app."):
        if module.name.split(".")[-1] in ("state", "states") or ".state." in module.name or ".pages." in module.name:
            importlib.import_module(module.name)

    def below(cls: Any) -> list[Any]:
        return [s for c in cls.__subclasses__() for s in [c, *below(c)]]

    return [s for s in below(rx.State) if s.__module__.startswith("crm_app.")]


def test_there_are_states(states: list[Any]) -> None:
    assert states


def test_every_handler_names_its_permission(states: list[Any]) -> None:
    bare = [
        f"{state.__name__}.{name}"
        for state in states
        for name, handler in state.event_handlers.items()
        if name != "setvar"
        and handler.fn.__module__.startswith("crm_app.")
        and not getattr(handler.fn, "__kith_permission__", None)
    ]
    assert bare == []


def test_no_state_var_is_a_table(states: list[Any]) -> None:
    tables = (Record, Child, Fact, Operational)
    for state in states:
        for name, kind in get_type_hints(state).items():
            parts = [kind, *getattr(kind, "__args__", ())]
            assert not any(isinstance(p, type) and issubclass(p, tables) for p in parts), f"{state.__name__}.{name}"


def test_the_tree_of_states_is_flat(states: list[Any]) -> None:
    assert [s.__name__ for s in states if s.get_parent_state() is not rx.State] == []
