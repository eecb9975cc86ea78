"""The `kith` command. Exit codes: 0 done, 1 refused or found something, 2 wrong words or settings."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from crm_app.core import db
from crm_app.core.actor import SYSTEM, Principal
from crm_app.core.changes import outbox
from crm_app.core.config import load_or_exit, settings
from crm_app.core.errors import KithError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Kith, a CRM.")
users = typer.Typer(no_args_is_help=True, help="Users.")
app.add_typer(users, name="user")
Json = Annotated[bool, typer.Option("--json", help="Report as JSON.")]
As = Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Act as this user; default: the system.")]
Grouping = Annotated[str, typer.Option(help="owner, team, source or way")]
NoBackup = Annotated[bool, typer.Option("--no-backup", help="Migrate without making a backup first.")]


def say(as_json: bool, report: Any, *lines: str) -> None:
    """The report for a script, or the lines for a person."""
    print(json.dumps(report, default=str, ensure_ascii=False) if as_json else "\n".join(lines))


def acting(email: str | None) -> Principal:
    """The user of that e-mail, or the system. Raises KithError for an unknown one."""
    from crm_app.identity.queries import principal_by_email

    return SYSTEM if email is None else db.read_sync(principal_by_email, email)


def drain_if_alone() -> None:
    """With no server running, do the work that the command left behind; otherwise the server notices."""
    from crm_app.backup.lock import is_locked

    if not is_locked(settings().data_dir):
        outbox.drain_all()


def ready() -> None:
    """Stop here unless the schema is the one this version knows."""
    from crm_app.migrations import assert_ready

    assert_ready()


@app.callback()
def prepare() -> None:
    """Check the settings and register everything, before any command."""
    from crm_app.core.logs import set_up_logs
    from crm_app.wire import wire

    load_or_exit()
    set_up_logs()
    wire()


@app.command()
def run(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default KITH_PORT.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Web processes; more than one needs KITH_REDIS_URL.")] = 1,
    build_only: Annotated[bool, typer.Option("--build-only", help="Only build the front end.")] = False,
    dev: Annotated[bool, typer.Option("--dev", help="Hot reload, on loopback only.")] = False,
    no_backup: NoBackup = False,
) -> None:
    """Build what changed, migrate and serve."""
    from crm_app.starting import start, start_dev

    if dev:
        start_dev(port=port)
    else:
        start(port=port, workers=workers, build_only=build_only, backup=not no_backup)


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default KITH_PORT.")] = None,
    seed_only: Annotated[bool, typer.Option("--seed-only", help="Fill the database and stop.")] = False,
    people: Annotated[int, typer.Option(min=0, help="Add so many people.")] = 0,
    companies: Annotated[int, typer.Option(min=0, help="Add so many companies.")] = 0,
    deals: Annotated[int, typer.Option(min=0, help="Add so many deals.")] = 0,
    activities: Annotated[int, typer.Option(min=0, help="Add so many activities.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed on the same day adds the same.")] = 7,
    duplicates: Annotated[
        Path | None, typer.Option(help="Write the pairs of people and of companies that are one here.")
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the demo data away, nothing else, and stop.")] = False,
    as_json: Json = False,
) -> None:
    """Serve the demo company, larger if wished; five people can sign in, their passwords are printed."""
    from crm_app.demo.scale import Sizes
    from crm_app.starting import start

    if remove:
        _remove_demo(as_json)
        return
    sizes = Sizes(people, companies, deals, activities, seed)
    start(port=port, demo=True, seed_only=seed_only, sizes=sizes, duplicates=duplicates)


def _remove_demo(as_json: bool) -> None:
    from crm_app.demo.removal import remove_demo

    ready()
    done = remove_demo()
    text = f"{done.changed:,} records of the demo are removed."
    if done.refused:
        text += f" {done.refused:,} are kept, because something that was added needs them."
    say(as_json, {"removed": done.changed, "kept": done.refused, "batch": done.batch_id}, text)


@app.command()
def worker() -> None:
    """Drain the outbox, do bulk runs, remind and look for duplicates until stopped; for KITH_WORKER=external."""
    import signal

    from crm_app.jobs.crew import Crew

    ready()
    crew = Crew()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: crew.halt())
    crew.run()


@app.command()
def migrate(no_backup: NoBackup = False, as_json: Json = False) -> None:
    """Bring the database to the schema of this version, after a backup."""
    from crm_app.migrations import migrate as go

    done = go(backup=not no_backup)
    say(as_json, done.__dict__, str(done))


@app.command("import")
def import_(
    kind: Annotated[str | None, typer.Argument(help="companies, products, users, deals, people or rates")] = None,
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False)] = None,
    mapping: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="JSON: header → field.")] = None,
    match: Annotated[str | None, typer.Option(help="Fields by which a row finds its record, with commas.")] = None,
    mode: Annotated[str, typer.Option(help="create, update or both")] = "both",
    likely: Annotated[str, typer.Option(help="Rows like a record that is here: create, leave or update.")] = "create",
    create_companies: Annotated[
        bool, typer.Option("--create-companies", help="Create companies that rows name and that are missing.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    resume: Annotated[int | None, typer.Option(metavar="RUN", help="Go on with a run that was broken off.")] = None,
    undo: Annotated[int | None, typer.Option(metavar="RUN", help="Take back everything that a run did.")] = None,
    as_user: As = None,
    as_json: Json = False,
) -> None:
    """Load a CSV file, or go on with a run, or undo one; exit code 1 if rows were refused or something had to stay."""
    from crm_app.imports.history import undo_run
    from crm_app.imports.service import import_file
    from crm_app.imports.service import resume as go_on

    if (resume is not None) + (undo is not None) + (kind is not None and file is not None) != 1:
        raise typer.BadParameter("give a kind and a file, or --resume RUN, or --undo RUN")
    for hint, given, known in (("--mode", mode, "create update both"), ("--likely", likely, "create leave update")):
        if given not in known.split():
            raise typer.BadParameter(f"must be one of: {known}", param_hint=hint)
    chosen = _mapping(mapping)
    ready()
    actor = acting(as_user)
    if undo is not None:
        report = undo_run(actor, undo)
    elif resume is not None:
        report = go_on(actor, resume)
    else:
        how = {"mapping": chosen, "match": match.split(",") if match else None, "mode": mode, "likely": likely}
        how["create_companies"] = create_companies
        report = db.in_bulk()(import_file)(actor, str(kind), Path(str(file)), **how, dry_run=dry_run)
    drain_if_alone()
    say(as_json, report.to_json(), str(report))
    raise typer.Exit(0 if report.ok else 1)


def _mapping(file: Path | None) -> dict[str, Any] | None:
    try:
        found = json.loads(file.read_text("utf-8")) if file else None
    except ValueError as error:
        raise typer.BadParameter(f"is not JSON: {error}", param_hint="--mapping") from None
    if found is not None and not isinstance(found, dict):
        raise typer.BadParameter("must be an object of column header and field", param_hint="--mapping")
    return found


@app.command()
def merge(
    kind: Annotated[str, typer.Argument(help="person or company")],
    clusters: Annotated[
        Path, typer.Option("--clusters", exists=True, dir_okay=False, help="Ids of one and the same on each line.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    as_user: As = None,
    as_json: Json = False,
) -> None:
    """Make one record of each cluster; exit code 1 if some were refused. Each merge can be undone on its timeline."""
    from crm_app.duplicates.merge.clusters import merge_clusters, read_clusters

    ready()
    with clusters.open(encoding="utf-8-sig") as lines:
        wanted = read_clusters(lines)
    report = merge_clusters(acting(as_user), kind, wanted, dry_run=dry_run)
    if not dry_run:
        drain_if_alone()
    did = "would be merged" if dry_run else "merged"
    lines_ = [f"{p.others} → {p.title} ({p.survivor}), {p.moves:,} move along" for p in report.merged]
    lines_ += [f"{', '.join(map(str, p.ids))}: {p.refused}" for p in report.refused]
    say(as_json, asdict(report), *lines_, f"{len(report.merged):,} {did}, {len(report.refused):,} refused.")
    raise typer.Exit(1 if report.refused else 0)


@app.command()
def kpis(
    start: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"])] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"])] = None,
    by: Annotated[str | None, typer.Option(help="owner, team, product, industry, stage or month")] = None,
    as_user: As = None,
    as_json: Json = False,
) -> None:
    """Won, lost, open, win rate, average value and days to close."""
    from crm_app.insight.kpis import kpis as figures

    ready()
    found = db.read_sync(
        figures, acting(as_user), start=start.date() if start else None, end=end.date() if end else None, by=by
    )
    say(
        as_json,
        found,
        *(f"{k}: {v}" for k, v in found.items() if k != "groups"),
        *(f"  {g['key']}: won {g['won']}, lost {g['lost']}, open {g['open']}" for g in found.get("groups", [])),
    )


@app.command()
def quality(by: Grouping = "owner", as_user: As = None, as_json: Json = False) -> None:
    """The five Cs, what every rule found, and scores by owner, team, source or way in."""
    from crm_app.quality.queries.report import lines_of, quality_report

    ready()
    say(as_json, found := db.read_sync(quality_report, acting(as_user), by), *lines_of(found))


@app.command()
def backup(file: Path, as_json: Json = False) -> None:
    """Write the database and all files into one archive, also while a server runs."""
    from crm_app.backup.service import backup as go

    done = go(file)
    say(as_json, done.__dict__, str(done))


@app.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: Json = False) -> None:
    """Put an archive in place of what is there, which is kept aside; refused while a server runs."""
    from crm_app.backup.service import restore as go

    done = go(file)
    say(as_json, done.__dict__, str(done))


@app.command()
def search(
    text: str,
    kind: Annotated[list[str] | None, typer.Option(help="person, company, deal, …; repeatable.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 20,
    as_user: As = None,
    as_json: Json = False,
) -> None:
    """Find records by what they are called, an e-mail, a phone number; exit code 1 if there are none."""
    from crm_app.records.search import find, plain
    from search.port import FACETS

    ready()
    answer = find(None, acting(as_user), text, kinds=kind, limit=limit, facets=FACETS)
    lines = [f"{r.kind:<9} {r.id:>8}  {plain(r.title)}  {plain(r.subtitle)}".rstrip() for r in answer.rows]
    say(
        as_json,
        asdict(answer),
        *(["Search is being rebuilt; only beginnings were compared."] * answer.rebuilding),
        *(lines or ["Nothing found."]),
    )
    raise typer.Exit(0 if answer.rows else 1)


@app.command()
def reindex(as_json: Json = False) -> None:
    """Build the search index beside the one in use, and swap."""
    from crm_app.records.search.index import reindex as go

    ready()
    count = go()
    say(as_json, {"documents": count}, f"{count} records can be searched.")


@app.command()
def dedupe(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A list of people or companies, as CSV.")],
    other: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="Pairs across both.")] = None,
    id_column: Annotated[str | None, typer.Option("--id", metavar="COLUMN", help="Default: row numbers.")] = None,
    columns: Annotated[str, typer.Option(help="first_name=given_name,…; `field=` leaves one out.")] = "",
    threshold: Annotated[float, typer.Option(min=0.0, max=1.0, help="Least probability of a pair.")] = 0.9,
    pairs: Annotated[Path | None, typer.Option(help="Write left,right,probability,reasons here.")] = None,
    clusters: Annotated[Path | None, typer.Option(help="Write cluster,id here.")] = None,
    as_json: Json = False,
) -> None:
    """Find who is in a list twice, outside the database; exit code 1 if rows could not be read."""
    from crm_app.duplicates.lists.columns import parse_columns
    from crm_app.duplicates.lists.search import dedupe as go

    report = go(
        [file, other] if other else [file],
        chosen=parse_columns(columns),
        id_column=id_column,
        threshold=threshold,
        pairs_file=pairs,
        clusters_file=clusters,
    )
    say(as_json, report.to_json(), str(report))
    raise typer.Exit(1 if report.unread else 0)


@app.command()
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Mend the search index, and what finds duplicates.")] = False,
    as_json: Json = False,
) -> None:
    """Look for damage: triggers, references, log and index against tables, parked work. Exit code 1 if there is any."""
    from crm_app.core.changes.replay import differences
    from crm_app.duplicates.matching.keeping import differences as unlike
    from crm_app.duplicates.matching.keeping import keep_up
    from crm_app.migrations import problems
    from crm_app.records.search.checking import index_problems

    ready()
    found = problems() + db.read_sync(differences)
    found += [f"parked: {row.consumer} of {row.topic}, {row.error}" for row in db.read_sync(outbox.parked)]
    found += index_problems(repair)
    if repair:
        keep_up()
    found += db.read_sync(unlike)
    say(as_json, {"problems": found}, *(found or ["No problems found."]))
    raise typer.Exit(1 if found else 0)


@app.command()
def bench(names: Annotated[list[str] | None, typer.Argument()] = None, as_json: Json = False) -> None:
    """Measure; without a name, everything."""
    from crm_app.bench import run_benchmarks

    found = run_benchmarks(names or [])
    say(as_json, found, *(f"{name}: {figures}" for name, figures in found.items()))


@users.command("add")
def user_add(
    email: str,
    name: Annotated[str, typer.Option(help="Full name.")],
    role: Annotated[str, typer.Option(help="administrator, manager, sales, marketing, support or read-only")] = "sales",
    as_json: Json = False,
) -> None:
    """Create a user and print the one-time link with which they choose a password."""
    from crm_app.identity.service import create_user, invite_user

    ready()

    def add(session: Any) -> tuple[int, str]:
        user_id = create_user(session, SYSTEM, name=name, email=email, role=role)
        return user_id, invite_user(session, SYSTEM, user_id)

    user_id, link = db.write_sync(add)
    drain_if_alone()
    say(as_json, {"id": user_id, "link": link}, f"{name} may choose a password at {link}")


def main() -> None:
    """Run, with refusals as one line on stderr."""
    try:
        app()
    except KithError as error:
        print(f"kith: {error.message}", file=sys.stderr)
        for item in getattr(error, "items", []):
            print(f"  {item}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
