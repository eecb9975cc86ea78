"""Lists of 100,000 people by what is kept beside them: score, band, quality, custom fields."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from crm_app.bench.figures import judged, spread, timed
from crm_app.bench.ground import ground, make
from crm_app.bench.rows import person_rows, put_rows
from crm_app.core import db
from crm_app.core.actor import Principal
from crm_app.core.changes import outbox
from crm_app.quality.marks import refresh_all
from crm_app.records.custom.values import refill
from crm_app.records.listing import fields_of, list_page, read_listing
from crm_app.scoring.rules import Bands
from crm_app.tables import Person
from crm_app.wire import wire

PEOPLE, SELLERS, TIMES = 100_000, 20, 20
BEGAN = date(2026, 1, 1)
COLOURS = [{"key": f"o{n}", "label": f"Colour {n}", "synonyms": []} for n in range(1, 6)]
TYPES = {"text": "Shelf", "float": "Weight", "date": "Since", "choice": "Colour", "choices": "Likes", "bool": "Member"}


def _fields(session: Session) -> dict[str, int]:
    """One custom field of each type, by type."""
    found = {}
    for type_, label in TYPES.items():
        more = {"options": COLOURS} if type_.startswith("choice") else {}
        found[type_] = make(session, "custom_field", kind="person", key=label.lower(), label=label, type=type_, **more)
    return found


def _people(owners: list[int], fields: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Two in three have custom values."""
    bands = Bands()
    for n, row in enumerate(person_rows(PEOPLE, owners, [None])):  # pyright: ignore[reportArgumentType]
        score = Decimal(n * 7919 % 1000) / 10
        custom = {
            "text": f"Shelf {n % 5000}",
            "float": float(n % 997),
            "date": (BEGAN + timedelta(days=n % 700)).isoformat(),
            "choice": f"o{n % 5 + 1}",
            "choices": [f"o{n % 5 + 1}", f"o{(n + 1) % 5 + 1}"],
            "bool": n % 2 == 0,
        }
        held = {str(fields[type_]): value for type_, value in custom.items()} if n % 3 else {}
        source = ("Fair", "Web", "")[n % 3]
        yield row | {"score": score, "band": bands.of(score), "source": source, "custom": held}


def _asked(fields: dict[str, int]) -> dict[str, dict[str, str]]:
    """What is asked of the list, by what it is called."""

    def only(field: str, op: str, value: Any = None) -> dict[str, str]:
        return {"f": json.dumps({"f": field, "op": op} | ({} if value is None else {"v": value}))}

    own = {type_: f"custom.{id}" for type_, id in fields.items()}
    return {
        "by_score": {"sort": "-score"},
        "by_band": {"sort": "-band"},
        "band_is_hot": only("band", "is", ["hot"]),
        "hot_by_score": only("band", "is", ["hot"]) | {"sort": "-score"},
        "score_at_least": only("score", "ge", "90"),
        "by_quality": {"sort": "quality.score"},
        "by_quality_best_first": {"sort": "-quality.score"},
        "quality_at_most": only("quality.score", "le", "60"),
        "quality_at_most_by_quality": only("quality.score", "le", "90") | {"sort": "quality.score"},
        "text_is": only(own["text"], "is", "Shelf 17"),
        "text_starts": only(own["text"], "starts", "Shelf 49"),
        "text_contains": only(own["text"], "contains", "elf 17"),
        "number_at_least": only(own["float"], "ge", "990"),
        "number_between_half": only(own["float"], "between", ["100", "600"]),
        "date_between": only(own["date"], "between", ["2026-03-01", "2026-03-31"]),
        "choice_is": only(own["choice"], "is", ["o2"]),
        "choices_any": only(own["choices"], "any", ["o2"]),
        "bool_is": only(own["bool"], "is", "true"),
        "is_empty": only(own["float"], "empty"),
        "sorted_by_number": {"sort": own["float"]},
        "sorted_by_text": {"sort": own["text"]},
        "sorted_by_date_down": {"sort": "-" + own["date"]},
    }


def measure() -> dict[str, Any]:
    """The first page with its count, as a seller who sees all people."""
    wire()
    with ground(SELLERS, 0) as found:
        fields = db.write_sync(_fields)
        put_rows(Person, _people(list(found.sellers.values()), fields))
        outbox.drain_all()
        db.write_sync(refill, ("person",))
        refresh_all(kinds=("person",))
        _, seller = found.seller()
        return {name: _page(seller, address) for name, address in _asked(fields).items()}


def _page(actor: Principal, address: dict[str, str]) -> dict[str, Any]:
    listing = read_listing("person", address, db.read_sync(fields_of, actor, "person"))
    taken = spread(timed(lambda: db.read_sync(list_page, actor, listing), TIMES))
    return taken | {"bound": judged(taken["p95_ms"], most=100)}
