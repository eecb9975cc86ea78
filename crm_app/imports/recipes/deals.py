"""Deals: stages by name, a line for the product, and the dates of the file as the dates of the history."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from crm_app.core.changes.change import Change
from crm_app.core.changes.working import IN_LIMIT, table_of
from crm_app.core.clock import now, start_of
from crm_app.core.errors import KithError
from crm_app.imports.recipes.recipe import Draft, Recipe
from crm_app.imports.recipes.stages import StageInfo, find_pipeline, find_stage, stage_by_id, stages_of
from crm_app.tables import Company, Deal, Product

CREATION_KEPT_BACK = ("value_minor", "lost_reason", "is_estimate", "expected_close_on")


class DealRecipe(Recipe):
    """A closed deal is created where it was when it was opened, and closed on the day on which it was."""

    synonyms: ClassVar = {"external_id": ("opportunity id", "deal id", "opportunity"), "pipeline_id": ("pipeline",)}
    own_names: ClassVar = frozenset({"stage_id", "pipeline_id"})
    supplies: ClassVar = frozenset({"title", "stage_id", "type"})
    match: ClassVar = (("external_id",), ("title", "company_id?"))
    hidden: ClassVar = frozenset({"lines.unit_price_minor", "lines.quantity"})
    creation_source: ClassVar = "history"

    def read(self, draft: Draft) -> None:
        """A deal cannot end before it began."""
        opened, closed = draft.values.get("opened_on"), draft.values.get("closed_on")
        if opened and closed and closed < opened:
            raise ValueError(f"Closed ({closed}) is before opened ({opened}).")

    def prepare(self, chunk, drafts: list[Draft]) -> None:
        """Find or make the stages; refuse the rows for which that fails."""
        for draft in drafts:
            wanted = draft.names.get("pipeline_id", ""), draft.names.get("stage_id", "")
            try:
                pipeline = find_pipeline(chunk, wanted[0])
                if wanted[1]:
                    draft.values["stage_id"] = find_stage(chunk, pipeline, wanted[1]).id
            except KithError as error:
                missing = f"There is no stage called {wanted[1]!r}. " if wanted[1] else "There is no pipeline yet. "
                chunk.refuse(draft, missing + error.message)
                continue
            draft.extras["pipeline"] = str(pipeline)
        _name_parts(chunk, drafts)

    def creation(self, chunk, draft: Draft) -> list[Change]:
        """One change for an open deal; for a closed one its opening and its closing."""
        values = chunk.creation_values(draft)
        stages = stages_of(chunk, int(draft.extras["pipeline"]))
        opens = [s for s in stages if s.kind == "open"]
        final = next((s for s in stages if s.id == values.get("stage_id")), opens[0] if opens else stages[0])
        opened: date | None = values.get("opened_on")
        closed: date | None = values.get("closed_on")
        values = {"title": draft.extras["title"], "closed_on": None} | values | {"stage_id": final.id}
        if final.kind == "open":
            if closed:
                values["expected_close_on"] = values.get("expected_close_on") or closed
            return [_creation(chunk, draft, values | {"closed_on": None}, final, opened)]
        if not opened or not opens:
            return [_creation(chunk, draft, values, final, closed or opened)]
        kept = {k: values[k] for k in CREATION_KEPT_BACK if k in values and k != "expected_close_on"}
        early = {k: v for k, v in values.items() if k not in kept} | {"closed_on": None}
        created = _creation(chunk, draft, early, opens[-1], opened)
        after = _at(chunk, closed or opened)
        late = kept | {"stage_id": final.id, "closed_on": closed, "stage_since": after, "rank": -_noon(after)}
        return [created, Change("deal", draft.id, late, effective_at=after, row_no=-draft.row_no)]

    def update(self, chunk, draft: Draft) -> Change:
        """What the row says; a close date closes, or is expected, as the stage has it."""
        values = chunk.update_values(draft)
        values.pop("lines", None)
        lines = _lines(chunk, draft)
        if lines is not None:
            values["lines"] = lines
        stage_id, known = _standing(chunk, draft)
        stage = stage_by_id(chunk, values.get("stage_id", stage_id))
        effective = None
        if stage is not None and stage.kind == "open" and "closed_on" in values:
            values.setdefault("expected_close_on", values.pop("closed_on"))
            values.pop("closed_on", None)
        elif stage is not None and known and stage.id != stage_id and values.get("closed_on"):
            effective = values["stage_since"] = _at(chunk, values["closed_on"])
        return Change("deal", draft.id, values, effective_at=effective, row_no=draft.row_no)


def _creation(chunk, draft: Draft, values: dict[str, Any], stage: StageInfo, day: date | None) -> Change:
    at = _at(chunk, day) if day else None
    since = at or now()
    placed = {"stage_id": stage.id, "stage_since": since, "rank": -_noon(since)}
    return Change("deal", draft.id, values | placed, "create", effective_at=at, row_no=draft.row_no)


def _noon(at: datetime) -> float:
    return (at + timedelta(hours=12)).timestamp()


def _at(chunk, day: date) -> datetime:
    cache = chunk.job.cache.setdefault("instants", {})
    if day not in cache:
        cache[day] = start_of(day, chunk.job.zone)
    return cache[day]


# titles, lines, what stands


def _name_parts(chunk, drafts: list[Draft]) -> None:
    """Titles such as `GTX Pro for Isdom`, by the names that the records have."""
    companies = _titles(chunk, Company, {d.values.get("company_id") for d in drafts})
    products = _titles(chunk, Product, {d.parts.get("lines", {}).get("product_id") for d in drafts})
    for draft in drafts:
        product = products.get(draft.parts.get("lines", {}).get("product_id"), "")
        company_id = draft.values.get("company_id")
        company = companies.get(company_id, "") or chunk.missing.name_of(company_id)
        title = f"{product} for {company}" if product and company else product or (company and f"Deal with {company}")
        draft.extras["title"] = (title or f"Deal {draft.values.get('external_id', '')}".strip())[:200]


def _titles(chunk, model, ids: set[Any]) -> dict[int | None, str]:
    cache = chunk.job.cache.setdefault(("titles", model.__name__), {})
    missing = sorted(i for i in ids if i is not None and i not in cache)
    table = table_of(model)
    for start in range(0, len(missing), IN_LIMIT):
        query = select(table.c.id, table.c.name).where(table.c.id.in_(missing[start : start + IN_LIMIT]))
        cache.update((row[0], row[1]) for row in chunk.session.connection().execute(query))
    return cache


def _lines(chunk, draft: Draft) -> list[dict[str, Any]] | None:
    """The lines with the product of the row: unchanged if it is there, in place of the only one, or added."""
    product = draft.parts.get("lines", {}).get("product_id")
    rows = chunk.existing_parts.get("lines", {}).get(draft.id, [])
    if product is None or any(r["product_id"] == product for r in rows):
        return None
    shown = [{"id": r["id"]} | {k: r[k] for k in ("product_id", "quantity", "unit_price_minor")} for r in rows]
    if len(shown) == 1:
        return [shown[0] | {"product_id": product, "unit_price_minor": None}]
    return [*shown, {"product_id": product, "quantity": 1}]


def _standing(chunk, draft: Draft) -> tuple[int | None, bool]:
    """The stage in which the deal stands, read once for all known deals of the chunk."""
    if chunk.standing is None:
        table = table_of(Deal)
        chunk.standing = {}
        ids = [i for i in chunk.matched_ids if i is not None]
        for start in range(0, len(ids), IN_LIMIT):
            query = select(table.c.id, table.c.stage_id).where(table.c.id.in_(ids[start : start + IN_LIMIT]))
            chunk.standing.update((row[0], row[1]) for row in chunk.session.connection().execute(query))
    return chunk.standing.get(draft.id), draft.id in chunk.standing
