"""Change very many records: chunks of their own transactions, one batch, progress, cancel, resume, undo.

A screen starts a run and asks for its progress; the runner of the worker (`crm_app.jobs.bulk`) does the work, also
when the tab is closed or the server was killed in between:

    run_id = await db.write(start_bulk, actor(), "person", ids, {"owner_id": 7, "tags+": [3]})
    run_id = await db.write(start_bulk, actor(), "person", wanted(…, "mass_edit"), {"segment": "qualified"})
    run_id = await db.write(start_bulk, actor(), "deal", ids, op="delete")
    run_id = await db.write(start_undo, actor(), progress.batch_id)
    progress = await db.read(bulk_progress, actor(), run_id)      # .done of .total, .is_over, .batch_id
    await db.write(cancel_bulk, actor(), run_id)                  # what is done stays, and can be undone
    refused = await db.read(list_refusals, actor(), run_id)       # title and reason of what was left alone

`run_bulk(run_id)` does the whole run in this thread, for commands and tests.
"""

from crm_app.records.bulk.portions import Portion, register_op, stretch
from crm_app.records.bulk.progress import (
    BulkProgress,
    Refusal,
    bulk_progress,
    cancel_bulk,
    followed,
    followed_once,
    list_refusals,
    unfinished,
)
from crm_app.records.bulk.running import carry_on, run_bulk
from crm_app.records.bulk.start import open_run, reopen_undo, start_bulk, start_undo, taken_back

__all__ = [
    "BulkProgress",
    "Portion",
    "Refusal",
    "bulk_progress",
    "cancel_bulk",
    "carry_on",
    "followed",
    "followed_once",
    "list_refusals",
    "open_run",
    "register_op",
    "reopen_undo",
    "run_bulk",
    "start_bulk",
    "start_undo",
    "stretch",
    "taken_back",
    "unfinished",
]
