"""The pages around signing in: plain HTML, sent as a classic form, without scripts of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from crm_app.http.origins import dev_origin
from crm_app.routes import DOOR_SHEETS

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · Kith</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex"><link rel="icon" href="{files}/icon.svg" type="image/svg+xml">
{sheets}<script src="{files}/theme.js"></script></head>
<body><main class="door">
<p class="door-brand"><span class="mark" aria-hidden="true">K</span> Kith</p>
<h1>{title}</h1><p class="note">{lead}</p>"""


@dataclass(frozen=True)
class Input:
    """One field of a form."""

    name: str
    label: str
    type: str = "text"
    complete: str = ""
    help: str = ""
    min_length: int = 0


def page(title: str, lead: str = "", body: str = "", *, status: int = 200) -> HTMLResponse:
    """A page of the door; `body` is HTML that is escaped already, title and lead are text."""
    files = dev_origin()
    sheets = "".join(f'<link rel="stylesheet" href="{files}{sheet}">' for sheet in DOOR_SHEETS)
    head = HEAD.format(title=escape(title), lead=escape(lead), sheets=sheets, files=files)
    html = f"{head}{body}</main></body></html>"
    return HTMLResponse(html, status, headers={"cache-control": "no-store"})


REFUSALS = {401: "Please sign in", 403: "This is not for you", 404: "This is not here"}


def refusal(request: Request, text: str, status: int) -> Response:
    """Why an address gives no file: a page for somebody who opened it in a browser, plain text for anything else."""
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(text, status, headers={"cache-control": "no-store"})
    title = REFUSALS.get(status, "This did not work")
    return page(title, text, '<a class="btn" href="/">To the start</a>', status=status)


AWAY = "The server cannot read what it needs for this at the moment. Nothing is lost; please try again in a moment."


def away(request: Request, status: int = 503) -> Response:
    """What an address answers while the database is away, or when it broke; a page leads to the same address again."""
    headers = {"cache-control": "no-store", "retry-after": "5"}
    if "text/html" not in request.headers.get("accept", ""):
        return PlainTextResponse(AWAY, status, headers=headers)
    path = "/" + request.url.path.lstrip("/\\")  # two slashes would lead to another site
    again = path + (f"?{request.url.query}" if request.url.query else "")
    answer = page("Just a moment", AWAY, f'<a class="btn pri" href="{escape(again)}">Try again</a>', status=status)
    answer.headers["retry-after"] = headers["retry-after"]
    return answer


def form(
    action: str,
    inputs: Sequence[Input],
    submit: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    hidden: Mapping[str, str] | None = None,
) -> str:
    """The form with what was typed, each error beside its field, the focus on the first that needs it."""
    values, errors = values or {}, errors or {}
    focus = next((i.name for i in inputs if i.name in errors), None)
    focus = focus or next((i.name for i in inputs if not values.get(i.name)), inputs[0].name)
    parts = [f'<form method="post" action="{escape(action)}" novalidate>']
    parts += [f'<input type="hidden" name="{escape(k)}" value="{escape(v)}">' for k, v in (hidden or {}).items()]
    parts += [_input(i, values.get(i.name, ""), errors.get(i.name, ""), i.name == focus) for i in inputs]
    return "".join(parts) + f'<button class="btn pri" type="submit">{escape(submit)}</button></form>'


def _input(field: Input, value: str, error: str, focused: bool) -> str:
    name = escape(field.name)
    shown = "" if field.type == "password" else f' value="{escape(value)}"'
    extra = f' autocomplete="{escape(field.complete)}"' if field.complete else ""
    extra += ' inputmode="email" autocapitalize="none" spellcheck="false"' if field.type == "email" else ""
    extra += " autofocus" if focused else ""
    extra += f' aria-invalid="true" aria-describedby="{name}-error"' if error else ""
    note = f'<span class="help">{escape(field.help)}</span>' if field.help and not error else ""
    return (
        f'<div class="field"><label class="lab" for="{name}">{escape(field.label)}</label>'
        f'<input class="in" id="{name}" name="{name}" type="{escape(field.type)}" required{shown}{extra}>'
        f'<span class="err" id="{name}-error" role="alert">{escape(error)}</span>{note}</div>'
    )
