"""Layer 2: every event needs a live session, a bound token, room in its bucket, a permission, a valid payload."""

import logging
from typing import TYPE_CHECKING, Any

import reflex as rx
from pydantic import ValidationError
from reflex.middleware.middleware import Middleware
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import form_data_as_dict

from crm_app import routes
from crm_app.core.config import settings
from crm_app.http import live_sessions
from crm_app.http.failure import WITHOUT_DATABASE, Failure, cause
from crm_app.identity.handlers import payload_schema, permission_of, set_actor, validate_payload
from crm_app.identity.policy import may
from crm_app.identity.sessions import Live

if TYPE_CHECKING:
    from reflex.app import App

SESSION_HEADER = "x-kith-session"
_STATE = "reflex___state____state"
FAILURE = f"{_STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception"
ON_LOAD = f"{_STATE}.reflex___state____on_load_internal_state.on_load_internal"
# Not among them: update_vars_internal, which sets vars kept in the browser. Kith keeps none there.
FRAMEWORK = frozenset(
    {
        f"{_STATE}.hydrate",
        f"{_STATE}.hydrate_and_load",
        f"{_STATE}.set_is_hydrated",
        ON_LOAD,
        f"{_STATE}.reflex___state____on_load_internal_state.set_is_hydrated",
        FAILURE,
    }
)
log = logging.getLogger("kith.authz")


class Authz(Middleware):
    """Refuses whatever is not expressly permitted; sets the actor for what is."""

    async def preprocess(self, app: "App", state: BaseState, event: Event) -> StateUpdate | None:
        set_actor(None)
        public_id, client_token = _identity(state)
        try:
            live = await live_sessions.find(public_id) if public_id else None
            ours = live is not None and client_token and await live_sessions.bind(client_token, public_id)
        except Exception:
            if _says_what_failed(event):  # or the message that the database is away would fail for the same reason
                return None
            raise
        if live is None:
            return _sign_in_again()
        if not ours:
            return _refuse(event, live, "the client token belongs to another session")
        if _from_client() and not live_sessions.within_rate(live):
            return _refuse(event, live, "too many events")
        why = refusal(event, live)
        if why is not None:
            return _refuse(event, live, why, Failure.forbid(cause()))
        if _from_client():
            await live_sessions.used(live)
        set_actor(live.principal)
        return None


def _identity(state: BaseState) -> tuple[str, str]:
    """The public id of the session, as the gate wrote it, and the client token."""
    root = state._get_root_state()
    headers = root.router_data.get("headers", {})
    return headers.get(SESSION_HEADER, ""), root.router_data.get("token", "")


def _from_client() -> bool:
    """Did the browser send this event, or did a handler chain it?"""
    try:
        return EventContext.get().parent_txid is None
    except LookupError:
        return True


def refusal(event: Event, live: Live) -> str | None:
    """Why this event may not run, or None; puts the validated arguments in its payload."""
    if event.name in FRAMEWORK:
        if event.name == FAILURE:
            told = {name: _clean(event.payload.get(name, ""), 2000) for name in ("info", "component_stack")}
            event.payload.clear()
            event.payload.update(told)
        return None
    known = RegistrationContext.get().event_handlers.get(event.name)
    if known is None or event.name.endswith((".setvar", ".update_vars_internal")):
        return "no such handler"
    fn = known.handler.fn
    permission = permission_of(fn)
    if permission is None:
        return "no permission is declared"
    if not may(live.principal, permission):
        return f"the role {live.principal.role} lacks {permission}"
    plain = {name: form_data_as_dict(value) for name, value in event.payload.items()}
    try:
        event.payload.update(validate_payload(fn, plain))
    except ValidationError as error:
        return f"the payload is not valid ({error.error_count()} errors)"
    return None


def _says_what_failed(event: Event) -> bool:
    """It begins what a visit reads, each of it judged by itself, or it tells how that ended."""
    if event.name == ON_LOAD:
        return True
    known = RegistrationContext.get().event_handlers.get(event.name)
    return known is not None and known.handler.fn in WITHOUT_DATABASE and not _from_client()


def _refuse(event: Event, live: Live, why: str, then: Any = None) -> StateUpdate:
    """Nothing happens; `then` tells the page, where it was not the browser that asked."""
    log.warning("refused %s for user %s: %s", _clean(event.name), live.principal.id, why)
    return StateUpdate() if then is None or _from_client() else StateUpdate(events=Event.from_event_type(then))


def _sign_in_again() -> StateUpdate:
    return StateUpdate(events=Event.from_event_type(rx.redirect(settings().base_url + routes.SIGN_IN)))


def _clean(text: Any, length: int = 200) -> str:
    return "".join(c for c in str(text)[:length] if c.isprintable())


def check_handlers() -> None:
    """Raises RuntimeError if a registered handler has no permission or no schema: the app does not start."""
    wrong = []
    for name, known in RegistrationContext.get().event_handlers.items():
        if name in FRAMEWORK or name.endswith((".setvar", ".update_vars_internal")):
            continue
        fn = known.handler.fn
        if permission_of(fn) is None:
            wrong.append(f"{name}: no @allow(…)")
            continue
        try:
            payload_schema(fn)
        except Exception as error:
            wrong.append(f"{name}: no schema ({error})")
    if wrong:
        raise RuntimeError("event handlers that nobody may call:\n  " + "\n  ".join(sorted(wrong)))
