"""Who acts: every query and every command takes one."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Principal:
    """A signed-in user, or the system.

    `member_ids` are the users of the own team and those below it, `line_ids` the own team and those above it.
    `unseen` and `fixed` are the custom fields (`deal.custom.12`) that the role may not see, and not edit.
    """

    id: int | None
    name: str
    role: str
    team_id: int | None = None
    member_ids: frozenset[int] = field(default_factory=frozenset)
    zone: str = "UTC"
    locale: str = "en"
    session_id: int | None = None
    system: bool = False
    line_ids: frozenset[int] = field(default_factory=frozenset)
    unseen: frozenset[str] = field(default_factory=frozenset)
    fixed: frozenset[str] = field(default_factory=frozenset)


SYSTEM = Principal(id=None, name="Kith", role="administrator", system=True)


@dataclass(frozen=True)
class Decision:
    """Whether a principal may do something, and why, in plain words."""

    allowed: bool
    why: str = ""

    def __bool__(self) -> bool:
        return self.allowed
