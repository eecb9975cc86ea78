"""The board's query with 10,000 open deals and with 100: statements and server time; and with twelve stages."""

from statistics import median
from time import thread_time
from typing import Any

from sqlalchemy import event

from crm_app.bench.figures import judged, spread, timed
from crm_app.bench.ground import ground
from crm_app.core import db
from crm_app.deals.queries import Wish, board_snapshot


def _once(deals: int, *, wide: bool = False) -> tuple[int, list[float], list[float]]:
    """Statements of one snapshot, and seconds of many: by the wall, and of the processor alone."""
    with ground(1, deals, wide=wide) as found:
        _, actor = found.seller()
        statements: list[str] = []

        def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(db.engine(), "before_cursor_execute", count)
        db.read_sync(board_snapshot, actor, Wish())
        event.remove(db.engine(), "before_cursor_execute", count)

        def snapshot() -> None:
            db.read_sync(board_snapshot, actor, Wish())

        return len(statements), timed(snapshot, 40), timed(snapshot, 40, thread_time)


def measure() -> dict[str, Any]:
    """Statements do not grow with the deals; the time grows at most threefold."""
    few_statements, few, few_cpu = _once(100)
    many_statements, many, many_cpu = _once(10_000)
    wide_statements, wide, _ = _once(10_000, wide=True)
    small, large = spread(few), spread(many)
    return {
        "deals_100": small | {"statements": few_statements},
        "deals_10000": large | {"statements": many_statements},
        "deals_10000_in_12_stages": spread(wide) | {"statements": wide_statements},
        "more_statements": judged(many_statements - few_statements, most=0),
        "ratio_of_medians": judged(large["median_ms"] / small["median_ms"], most=3),
        "ratio_of_processor_time": judged(median(many_cpu) / median(few_cpu), most=3),
    }
