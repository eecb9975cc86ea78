"""What is counted: records and scores, and gaps, by owner; each from one covering index."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import case, func, select
from sqlmodel import Session

from crm_app.core.changes.working import table_of
from crm_app.quality.queries.whose import Whose
from crm_app.quality.rules.catalogue import Rule
from crm_app.tables import QualityGap, QualityMark

mark, gap = table_of(QualityMark), table_of(QualityGap)
Owner = int | None


@dataclass
class Standing:
    """Records of some owners: how many, the sum of their scores, how many are not whole, and gaps by rule."""

    records: int = 0
    score: int = 0
    faulty: int = 0
    gaps: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: "Standing") -> None:
        """Both together."""
        self.records += other.records
        self.score += other.score
        self.faulty += other.faulty
        for rule, count in other.gaps.items():
            self.gaps[rule] += count


def standings(
    session: Session, who: Whose, kinds: Iterable[str], rules: Iterable[Rule]
) -> dict[tuple[str, Owner], Standing]:
    """By kind and owner."""
    run, found = session.connection().execute, defaultdict[tuple[str, Owner], Standing](Standing)
    wanted, keys = list(kinds), [rule.key for rule in rules]
    faulty = func.sum(case((mark.c.score < 100, 1), else_=0))
    query = select(mark.c.kind, mark.c.owner_id, func.count(), func.sum(mark.c.score), faulty)
    query = query.where(mark.c.kind.in_(wanted), who.on(mark.c.owner_id)).group_by(mark.c.kind, mark.c.owner_id)
    for name, owner, records, score, lacking in run(query):
        one = found[name, owner]
        one.records, one.score, one.faulty = records, int(score), int(lacking)
    counted = select(gap.c.kind, gap.c.rule, gap.c.owner_id, func.count())
    counted = counted.where(gap.c.kind.in_(wanted), gap.c.rule.in_(keys), who.on(gap.c.owner_id))
    for name, rule, owner, count in run(counted.group_by(gap.c.kind, gap.c.rule, gap.c.owner_id)):
        found[name, owner].gaps[rule] = count
    return dict(found)


def by_column(session: Session, who: Whose, kind_name: str, *columns: Any) -> list[Any]:
    """Records, scores and how many are not whole by these columns of the marks: (…, records, score, faulty)."""
    faulty = func.sum(case((mark.c.score < 100, 1), else_=0))
    query = select(
        *columns, func.count().label("records"), func.sum(mark.c.score).label("score"), faulty.label("faulty")
    )
    query = query.where(mark.c.kind == kind_name, who.on(mark.c.owner_id)).group_by(*columns)
    return list(session.connection().execute(query))


def together(found: dict[tuple[str, Owner], Standing], kind_name: str) -> Standing:
    """All owners of one kind."""
    total = Standing()
    for (name, _), one in found.items():
        if name == kind_name:
            total.add(one)
    return total


def checks_of(total: Standing, rules: Iterable[Rule], kind_name: str, c: str) -> tuple[int, int]:
    """Checks passed and made: every active rule of this C on every record of the kind."""
    chosen = [rule for rule in rules if rule.kind == kind_name and rule.c == c]
    made = total.records * len(chosen)
    return made - sum(total.gaps.get(rule.key, 0) for rule in chosen), made
