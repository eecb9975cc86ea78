"""What the backbone asks of rooms above it; `crm_app.wire` plugs the answers in."""

from typing import Protocol

from crm_app.core.actor import Decision, Principal


class Decide(Protocol):
    """May this actor do this with a record of that owner, or with that field of it?"""

    def __call__(
        self,
        principal: Principal,
        action: str,
        obj: str,
        owner_id: int | None = None,
        field: str | None = None,
        record_id: int | None = None,
    ) -> Decision: ...


def _nobody(*_args: object, **_kwargs: object) -> Decision:
    return Decision(False, "No policy is installed.")


_decide: Decide = _nobody


def install_policy(decide: Decide) -> None:
    """Plug in the one decision function."""
    global _decide
    _decide = decide


def allowed(
    principal: Principal,
    action: str,
    obj: str,
    owner_id: int | None = None,
    field: str | None = None,
    record_id: int | None = None,
) -> Decision:
    """Ask the policy; the system may do everything."""
    if principal.system:
        return Decision(True, "The system acts.")
    return _decide(principal, action, obj, owner_id, field, record_id)
