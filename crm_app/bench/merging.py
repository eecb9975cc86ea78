"""Two companies merged and separated again, one of them with 10,000 activities, while another user writes."""

import time
from typing import Any

from crm_app.bench.bulk import CHUNK, Prober
from crm_app.bench.figures import judged, spread
from crm_app.bench.ground import ground
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.changes import Change, apply_many
from crm_app.duplicates.merge.service import merge_records
from crm_app.duplicates.merge.undoing import unmerge
from crm_app.records.bulk import run_bulk

ACTIVITIES = 10_000


def _companies() -> tuple[int, int]:
    wishes = [Change("company", set={"name": f"Company {n}"}, op="create") for n in range(2)]
    one, two = (done.id for done in db.write_sync(apply_many, SYSTEM, wishes))
    note = {"type": "note", "subject": "Talked", "company_id": two}
    for _ in range(ACTIVITIES // CHUNK):
        db.write_sync(apply_many, SYSTEM, [Change("activity", set=note, op="create") for _ in range(CHUNK)])
    return one, two


def measure() -> dict[str, Any]:
    """As the system; the other one is a seller whose rights are `own`."""
    with ground(1, 0) as found:
        email, other = found.seller(0)
        wish = Change("person", set={"display_name": "Somebody", "owner_id": found.sellers[email]}, op="create")
        person = db.write_sync(apply_many, SYSTEM, [wish])[0].id
        survivor, loser = _companies()
        seconds: list[float] = []
        taken: list[dict[str, float]] = []
        batch = 0
        for back in (False, True):
            began = time.perf_counter()
            with Prober(other, person) as prober:
                if back:
                    run_bulk(db.write_sync(unmerge, SYSTEM, batch).run_id)
                else:
                    done = db.write_sync(merge_records, SYSTEM, "company", survivor, [loser])
                    batch = done.batch_id
                    run_bulk(done.run_id)
                seconds.append(time.perf_counter() - began)
            taken.append(spread(prober.taken))
    return {
        "activities": ACTIVITIES,
        "merge_seconds": judged(seconds[0], most=10),
        "unmerge_seconds": judged(seconds[1], most=10),
        "others_while_merging_p95_ms": judged(taken[0]["p95_ms"], most=200),
        "others_while_unmerging_p95_ms": judged(taken[1]["p95_ms"], most=200),
    }
