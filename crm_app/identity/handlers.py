"""`@allow`: what every event handler declares, and `actor()`: on whose behalf it runs."""

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Annotated, Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from crm_app.core.actor import Principal
from crm_app.core.errors import Forbidden
from crm_app.core.reader import set_reader
from crm_app.identity.policy import parse_permission

F = TypeVar("F", bound=Callable[..., Any])
_principal: ContextVar[Principal | None] = ContextVar("kith_principal", default=None)
BIG = 2**53  # a browser knows no larger whole number, and a database would break on one
WITHIN = Field(gt=-BIG, lt=BIG)
BOUNDED: Mapping[Any, Any] = {
    int: Annotated[int, WITHIN],
    int | None: Annotated[int | None, WITHIN],
    list[int]: list[Annotated[int, WITHIN]],
    list[int] | None: list[Annotated[int, WITHIN]] | None,
}
CONFIG = ConfigDict(extra="forbid", arbitrary_types_allowed=True, str_max_length=1_000_000)


def allow(permission: str) -> Callable[[F], F]:
    """Declare the permission of an event handler; stands below `@rx.event`. Raises ValueError if unknown."""
    if permission != "any":
        parse_permission(permission)

    def declare(fn: F) -> F:
        _check_signature(fn)
        fn.__kith_permission__ = permission  # pyright: ignore[reportFunctionMemberAccess]
        return fn

    return declare


def _check_signature(fn: Callable[..., Any]) -> None:
    """Every parameter but self is annotated, none is * or **. Raises TypeError."""
    for parameter in list(inspect.signature(fn).parameters.values())[1:]:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"{fn.__qualname__}: * and ** parameters cannot be validated")
        if parameter.annotation is parameter.empty:
            raise TypeError(f"{fn.__qualname__}: parameter {parameter.name} has no type")


def permission_of(fn: Callable[..., Any]) -> str | None:
    """The declared permission, or None."""
    return getattr(fn, "__kith_permission__", None)


def payload_schema(fn: Callable[..., Any]) -> type[BaseModel]:
    """What a client may send to this handler, as a pydantic model: no extra arguments, no number beyond bounds."""
    found = fn.__dict__.get("__kith_schema__")
    if found is not None:
        return found
    hints = get_type_hints(fn, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(fn).parameters.values())[1:]:
        default = ... if parameter.default is parameter.empty else parameter.default
        hint = hints.get(parameter.name, Any)
        fields[parameter.name] = (BOUNDED.get(hint, hint), default)
    model = create_model(f"{fn.__qualname__}_payload".replace(".", "_"), __config__=CONFIG, **fields)
    fn.__kith_schema__ = model  # pyright: ignore[reportFunctionMemberAccess]
    return model


def validate_payload(fn: Callable[..., Any], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with their declared types. Raises pydantic.ValidationError."""
    checked = payload_schema(fn).model_validate(dict(payload))
    return {name: getattr(checked, name) for name in payload}


def actor() -> Principal:
    """Who is acting in this event. Raises Forbidden outside of one."""
    principal = _principal.get()
    if principal is None:
        raise Forbidden("Please sign in.")
    return principal


def set_actor(principal: Principal | None):
    """Set who acts in this context, and for whom it is written; returns the token for `reset_actor`."""
    set_reader(principal.locale if principal is not None else "")
    return _principal.set(principal)


def reset_actor(token: Any) -> None:
    """Put back what `set_actor` replaced."""
    _principal.reset(token)
