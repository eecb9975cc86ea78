"""A bulk edit of 10,000 people and its undo, while other users write one record after the other."""

import threading
import time
from typing import Any

from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import ground
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import Change, apply, apply_many
from crm_app.records.bulk import BulkProgress, run_bulk, start_bulk, start_undo

RECORDS, CHUNK = 10_000, 500
PAUSE = 0.02


class Prober:
    """Somebody else who saves a field every few milliseconds, and how long each save took."""

    def __init__(self, actor: Principal, person: int) -> None:
        self.actor, self.person = actor, person
        self.taken: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Prober":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(PAUSE):
            began = time.perf_counter()
            db.write_sync(apply, self.actor, Change("person", self.person, {"title": f"Title {len(self.taken)}"}))
            self.taken.append(time.perf_counter() - began)


def _people(owner: int, actor: Principal, count: int) -> list[int]:
    made: list[int] = []
    for start in range(0, count, CHUNK):
        wishes = [
            Change("person", set={"display_name": f"Person {n}", "owner_id": owner}, op="create")
            for n in range(start, min(start + CHUNK, count))
        ]
        made += [done.id for done in db.write_sync(apply_many, actor, wishes, source="demo")]
    return made


def _timed(run_id: int, actor: Principal, person: int) -> tuple[float, BulkProgress, dict[str, float]]:
    began = time.perf_counter()
    with Prober(actor, person) as prober:
        done = run_bulk(run_id)
        seconds = time.perf_counter() - began
    return seconds, done, spread(prober.taken)


def measure() -> dict[str, Any]:
    """As two sellers whose rights are `own`."""
    with ground(2, 0) as found:
        email, actor = found.seller(0)
        other_email, other = found.seller(1)
        ids = _people(found.sellers[email], actor, RECORDS)
        person = _people(found.sellers[other_email], other, 1)[0]
        values = {"title": "Buyer", "segment": "qualified"}
        edit, edited, while_editing = _timed(
            db.write_sync(start_bulk, actor, "person", ids, values), actor=other, person=person
        )
        undo_id = db.write_sync(start_undo, actor, edited.batch_id)
        back, undone, while_undoing = _timed(undo_id, other, person)
    return {
        "changed": edited.changed,
        "undone": undone.changed,
        "edit_seconds": judged(edit, most=10),
        "undo_seconds": judged(back, most=10),
        "others_while_editing": while_editing,
        "others_while_editing_p95_ms": judged(while_editing["p95_ms"], most=200),
        "others_while_undoing": while_undoing,
        "others_while_undoing_p95_ms": judged(while_undoing["p95_ms"], most=200),
    }
