"""What the dialogs of users and teams send, checked for form; rights and rules follow when it is applied."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_app.core.errors import Invalid
from crm_app.identity.matrix import ROLES


@dataclass(frozen=True)
class SaveUser:
    """What the dialog of a user sends."""

    name: str
    email: str
    role: str
    team_id: int | None
    id: int | None = None
    version: int | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str], id: int | None, version: int | None) -> "SaveUser":
        """Raises Invalid for an unknown or malformed field."""
        refuse_unknown(values, {"name", "email", "role", "team_id"})
        if values.get("role", "") not in ROLES:
            raise Invalid({"role": "Please choose a role."})
        return cls(
            values.get("name", "").strip(),
            values.get("email", "").strip().lower(),
            values["role"],
            _id_of(values, "team_id"),
            id,
            version,
        )


@dataclass(frozen=True)
class SaveTeam:
    """What the dialog of a team sends."""

    name: str
    parent_id: int | None
    manager_id: int | None
    office: str
    id: int | None = None
    version: int | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str], id: int | None, version: int | None) -> "SaveTeam":
        """Raises Invalid for an unknown or malformed field."""
        refuse_unknown(values, {"name", "parent_id", "manager_id", "office"})
        return cls(
            values.get("name", "").strip(),
            _id_of(values, "parent_id"),
            _id_of(values, "manager_id"),
            values.get("office", "").strip(),
            id,
            version,
        )


def refuse_unknown(values: Mapping[str, str], known: set[str] | frozenset[str]) -> None:
    """Raises Invalid for a field that the form does not have."""
    unknown = set(values) - known
    if unknown:
        raise Invalid(dict.fromkeys(sorted(unknown), "This field does not exist here."))


def _id_of(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name, "").strip()
    if text in ("", "null", "None"):
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 16:
        raise Invalid({name: "Please choose from the list."})
    return int(text)
