"""What the backbone asks of rooms above it; `crm_app.wire` plugs the answers in."""

from dataclasses import dataclass
from typing import Protocol

from crm_app.core.actor import Principal


@dataclass(frozen=True)
class Verdict:
    """Whether something is allowed, and why, in plain words."""

    allowed: bool
    why: str = ""


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
    ) -> Verdict: ...


def _nobody(*_args: object, **_kwargs: object) -> Verdict:
    return Verdict(False, "No policy is installed.")


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
) -> Verdict:
    """Ask the policy; the system may do everything."""
    if principal.system:
        return Verdict(True, "The system acts.")
    return _decide(principal, action, obj, owner_id, field, record_id)
