"""What the backbone asks of rooms above it; `crm_app.wire` plugs the answers in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from crm_app.core.actor import Decision, Principal

if TYPE_CHECKING:
    from crm_app.core.changes.change import Context
    from crm_app.core.changes.kinds import Kind, Row


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


_SYSTEM_ACTS = Decision(True, "The system acts.")


def _nobody(*_args: object, **_kwargs: object) -> Decision:
    return Decision(False, "No policy is installed.")


_decide: Decide = _nobody


class CustomFields(Protocol):
    """What holds for the custom values of a record."""

    def check(
        self, context: "Context", known: "Kind", before: Mapping[str, Any], given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        """The values as they are kept, by field id; what is wrong, by `custom.12`; and which of them name what kind."""
        ...

    def compute(self, context: "Context", known: "Kind", row: "Row") -> None:
        """Give the row the values of its formulas."""
        ...


class _AsGiven:
    """Without custom fields."""

    def check(
        self, context: "Context", known: "Kind", before: Mapping[str, Any], given: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        return dict(given), {}, {}

    def compute(self, context: "Context", known: "Kind", row: "Row") -> None:
        return


_custom: CustomFields = _AsGiven()


def install_custom(fields: CustomFields) -> None:
    """Plug in the rules of custom fields."""
    global _custom
    _custom = fields


def custom() -> CustomFields:
    """The rules in force."""
    return _custom


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
        return _SYSTEM_ACTS
    return _decide(principal, action, obj, owner_id, field, record_id)
