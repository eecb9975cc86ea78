"""The page of reports: what the address asks for is what it shows."""

from urllib.parse import urlencode

import reflex as rx

from crm_app.core import clock, db
from crm_app.core.errors import KithError
from crm_app.identity.handlers import actor, allow
from crm_app.identity.policy import may
from crm_app.reports.queries import OBJECT, filters
from crm_app.reports.rows import Chart, Grid, Headline, Option
from crm_app.reports.rules import NAMES, read_wish
from crm_app.reports.service import build_report, may_take

KEPT = ("report", "from", "to", "owner", "team", "kind", "by")


class ReportPage(rx.State):
    """One report in words; the address of its files carries the same filter."""

    reports: rx.Field[list[Option]] = rx.field(default_factory=list)
    owners: rx.Field[list[Option]] = rx.field(default_factory=list)
    teams: rx.Field[list[Option]] = rx.field(default_factory=list)
    name: rx.Field[str] = rx.field("")
    title: rx.Field[str] = rx.field("")
    subtitle: rx.Field[str] = rx.field("")
    count: rx.Field[str] = rx.field("")
    start: rx.Field[str] = rx.field("")
    end: rx.Field[str] = rx.field("")
    kind: rx.Field[str] = rx.field("")
    by: rx.Field[str] = rx.field("")
    headlines: rx.Field[list[Headline]] = rx.field(default_factory=list)
    charts: rx.Field[list[Chart]] = rx.field(default_factory=list)
    grids: rx.Field[list[Grid]] = rx.field(default_factory=list)
    notes: rx.Field[str] = rx.field("")
    query: rx.Field[str] = rx.field("")
    takable: rx.Field[bool] = rx.field(False)
    failure: rx.Field[str] = rx.field("")
    loaded: rx.Field[bool] = rx.field(False)

    @rx.event
    @allow("any")
    async def load(self) -> None:
        who = actor()
        asked = self.router.url.query_parameters
        kept = {name: asked[name] for name in KEPT if asked.get(name)}
        self.reports = [Option(n, NAMES[n]) for n in NAMES if may(who, f"{OBJECT[n]}.read")]
        self.failure = ""
        try:
            wish = read_wish(kept, clock.today(who.zone))
            choices = await db.read(filters, who, wish.name)
            report = await db.read(build_report, who, kept)
        except KithError as refusal:
            self.failure, self.loaded = refusal.message, True
            return
        self.owners, self.teams = choices.owners, choices.teams
        self.start, self.end = str(wish.start or ""), str(wish.end or "")
        self.kind, self.by = wish.kind, wish.by
        self.name, self.title, self.subtitle, self.notes = report.name, report.title, report.subtitle, report.notes
        self.count = str(report.count)
        self.headlines, self.charts = report.headlines, [c for c in report.charts if c.bars]
        self.grids = [t.grid for t in report.tables if t.rows]
        self.query, self.takable, self.loaded = urlencode(kept), may_take(who, report.name), True
