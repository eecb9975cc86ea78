"""The page of a quote for its customer: plain HTML, readable on a phone, everything escaped, no script needed."""

from collections.abc import Iterable, Mapping
from html import escape

from starlette.responses import HTMLResponse

from crm_app import routes
from crm_app.billing.answering import Offer, OfferLine
from crm_app.http.origins import dev_origin

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow"><link rel="icon" href="{files}/icon.svg" type="image/svg+xml">
{sheets}<script src="{files}/theme.js"></script></head><body><main class="offer">"""
HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex, nofollow"}
Texts = Mapping[str, str]


def plain_page(title: str, text: str, status: int) -> HTMLResponse:
    """A page that only says something."""
    return _page(title, f'<div class="box"><h1>{escape(title)}</h1><p>{escape(text)}</p></div>', status)


def offer_page(
    token: str,
    offer: Offer,
    *,
    values: Texts | None = None,
    errors: Texts | None = None,
    note: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The quote with what was typed, each error beside its field; `note` stands on top and is read aloud."""
    values, errors = values or {}, errors or {}
    body = _head(token, offer, note)
    if offer.state == "open":
        body += (
            _acceptance(token, offer, values, errors)
            + _decline(token, offer, values)
            + _question(token, values, errors)
        )
    else:
        body += f'<div class="box">{_lines(offer, editable=False)}{_sums(offer)}</div>{_texts(offer)}'
        body += _question(token, values, errors)
    return _page(f"{offer.title} · {offer.number}", body, status)


def _page(title: str, body: str, status: int) -> HTMLResponse:
    files = dev_origin()
    sheets = "".join(f'<link rel="stylesheet" href="{files}{sheet}">' for sheet in routes.OFFER_SHEETS)
    head = HEAD.format(title=escape(title), sheets=sheets, files=files)
    return HTMLResponse(f"{head}{body}</main></body></html>", status, headers=HEADERS)


def _address(token: str, rest: str = "") -> str:
    return escape(f"{routes.OFFERS}{token}{rest}")


def _head(token: str, offer: Offer, note: str) -> str:
    who = " · ".join(filter(None, (offer.seller, offer.contact)))
    facts = [f"Quote {offer.number}", *([f"for {offer.customer}"] if offer.customer else [])]
    if offer.valid_until and offer.state == "open":
        facts.append(f"valid until {offer.valid_until}")
    tone = {"accepted": "g", "declined": "y"}.get(offer.state, "")
    said = f'<p class="banner {tone}" role="status">{escape(offer.answer)}</p>' if offer.answer else ""
    told = f'<p class="banner" role="alert">{escape(note)}</p>' if note else ""
    return (
        f'<p class="offer-who">{escape(who)}</p><h1>{escape(offer.title)}</h1>'
        f'<p class="note">{escape(" · ".join(facts))}</p>{told}{said}'
        f'<p><a class="btn" href="{_address(token, "/pdf")}">Open as PDF</a></p>'
    )


def _lines(offer: Offer, *, editable: bool) -> str:
    return f'<ul class="offer-lines">{"".join(_line(line, editable) for line in offer.lines)}</ul>'


def _line(line: OfferLine, editable: bool) -> str:
    section = f'<li class="offer-section"><h2>{escape(line.section)}</h2></li>' if line.section else ""
    words = f"<b>{escape(line.name)}</b>"
    if line.optional:
        words += ' <span class="tag">optional</span>'
    text = f'<span class="mut">{escape(line.description)}</span>' if line.description else ""
    inner = f'<span>{words}{text}<span class="mut">{escape(line.figures)}</span></span>'
    amount = f'<span class="num">{escape(line.amount)}</span>'
    if not line.optional:
        return f"{section}<li>{inner}{amount}</li>"
    if not editable:
        off = "" if line.chosen else ' class="off"'
        return f"{section}<li{off}>{inner}{amount if line.chosen else '<span class=num>not chosen</span>'}</li>"
    on = " checked" if line.chosen else ""
    box = f'<input type="checkbox" name="line" value="{line.id}"{on}>'
    return f'{section}<li><label class="offer-choice">{box}{inner}{amount}</label></li>'


def _sums(offer: Offer) -> str:
    rows = "".join(
        f"<div{' class=strong' if row.strong else ''}><dt>{escape(row.label)}</dt><dd>{escape(row.amount)}</dd></div>"
        for row in offer.sums
    )
    return f'<dl class="offer-sums">{rows}</dl>'


def _texts(offer: Offer) -> str:
    heading = "<h2>{}</h2>".format
    return "".join(
        f'<section class="offer-text">{heading(escape(title)) if title else ""}<p>{escape(text)}</p></section>'
        for title, text in offer.texts
    )


def _acceptance(token: str, offer: Offer, values: Texts, errors: Texts) -> str:
    """One form: the options, the total that they come to, the name, the two buttons."""
    shown = ",".join(str(id) for id in sorted(offer.ticked))
    update = '<button class="btn" name="action" value="preview">Update the total</button>' if offer.has_options else ""
    return (
        f'<form method="post" action="{_address(token)}" novalidate>'
        f'<input type="hidden" name="shown" value="{shown}">'
        f'<div class="box">{_lines(offer, editable=True)}{update}{_sums(offer)}</div>{_texts(offer)}'
        f'<section class="offer-answer"><h2>Accept this quote</h2>'
        f"{_field('name', 'Your full name', values, errors, 'It is kept with the time as your acceptance.', 'name')}"
        f'<button class="btn pri" name="action" value="accept">Accept for {escape(offer.total)}</button>'
        f"</section></form>"
    )


def _decline(token: str, offer: Offer, values: Texts) -> str:
    why = "Why not? (if you like to say)"
    asked = _reason(why, offer.reasons, values) if offer.reasons else _area("reason", why, values, {}, 1000)
    return (
        '<details class="offer-more"><summary>Decline</summary>'
        f'<form method="post" action="{_address(token)}">{asked}'
        '<button class="btn" name="action" value="decline">Decline this quote</button></form></details>'
    )


def _reason(label: str, known: Iterable[str], values: Texts) -> str:
    """A choice of known reasons; any other words may be typed."""
    options = "".join(f'<option value="{escape(reason)}"></option>' for reason in known)
    return (
        f'<div class="field"><label class="lab" for="reason">{escape(label)}</label>'
        '<input class="in" id="reason" name="reason" list="reasons" maxlength="1000" autocomplete="off"'
        f' value="{escape(values.get("reason", ""))}"><datalist id="reasons">{options}</datalist>'
        '<span class="help">Choose one, or use your own words.</span></div>'
    )


def _question(token: str, values: Texts, errors: Texts) -> str:
    open_ = " open" if {"who", "question"} & set(errors) else ""
    return (
        f'<details class="offer-more"{open_}><summary>Ask a question</summary>'
        f'<form method="post" action="{_address(token)}" novalidate>'
        f"{_field('who', 'Your name', values, errors, '', 'name')}"
        f"{_area('question', 'Your question', values, errors, 2000)}"
        '<button class="btn" name="action" value="ask">Send the question</button></form></details>'
    )


def _field(name: str, label: str, values: Texts, errors: Texts, help_: str, complete: str) -> str:
    error = errors.get(name, "")
    bad = f' aria-invalid="true" aria-describedby="{name}-error" autofocus' if error else ""
    note = f'<span class="help">{escape(help_)}</span>' if help_ and not error else ""
    return (
        f'<div class="field"><label class="lab" for="{name}">{escape(label)}</label>'
        f'<input class="in" id="{name}" name="{name}" maxlength="120" required autocomplete="{complete}"'
        f' value="{escape(values.get(name, ""))}"{bad}>'
        f'<span class="err" id="{name}-error" role="alert">{escape(error)}</span>{note}</div>'
    )


def _area(name: str, label: str, values: Texts, errors: Texts, most: int) -> str:
    error = errors.get(name, "")
    bad = f' aria-invalid="true" aria-describedby="{name}-error"' if error else ""
    return (
        f'<div class="field"><label class="lab" for="{name}">{escape(label)}</label>'
        f'<textarea class="in" id="{name}" name="{name}" maxlength="{most}" rows="4"{bad}>'
        f"\n{escape(values.get(name, ''))}</textarea>"
        f'<span class="err" id="{name}-error" role="alert">{escape(error)}</span></div>'
    )
