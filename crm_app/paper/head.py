"""The head of the first page, the running head of the others, and the foot of all."""

from datetime import date

from crm_app.paper.canvas import FAINT, INK, MUTED, WASH, Canvas, Style, rgb
from crm_app.paper.document import Document, Fact, Letterhead, Party
from crm_app.paper.figures import Figures
from crm_app.paper.prose import BODY, heading, prose
from crm_app.paper.words import FACTS, words_of

BAR = 1.8
BODY_TOP = 23.0  # where the text of the second page begins
LOGO = (52.0, 19.0)
SMALL, TINY = Style(7.8, "", MUTED), Style(6.6, "", MUTED)
SELLER, NAME = Style(8.4, "B"), Style(16, "B")
ADDRESS, ADDRESSEE = Style(9.8), Style(9.8, "B")
FACT, FACT_LABEL = Style(8.8), Style(8.8, "", MUTED)
TITLE, NUMBER, SUBJECT = Style(19, "B"), Style(19, "", MUTED), Style(11, "B")
STAMP = Style(8.4, "B")
RUNNING = Style(8, "", MUTED)
WINDOW_TOP = 50.0  # where an envelope's window begins
COLUMN = 74.0  # the right-hand column


def title_of(document: Document) -> str:
    """What the document calls itself."""
    return document.title or words_of(document.language)[document.kind]


def first_page(canvas: Canvas, document: Document) -> None:
    """Letterhead, recipient, facts, title, subject."""
    canvas.new_page()
    with canvas.artifact():
        canvas.box(0, 0, canvas.pdf.w, BAR, rgb(document.letterhead.colour))
    below = max(_brand(canvas, document.letterhead), _seller(canvas, document.letterhead, document.language))
    top = max(WINDOW_TOP, below + 6)
    canvas.y = max(_recipient(canvas, document, top), _facts(canvas, document, top)) + 9
    _title(canvas, document)
    if document.subject:
        heading(canvas, document.subject, SUBJECT, listed=False)
    canvas.y += 1
    if document.intro:
        prose(canvas, document.intro, BODY)


def running_head(canvas: Canvas, document: Document) -> None:
    """At the top of every page but the first: who writes, and what this is."""
    with canvas.artifact():
        left = canvas.printable(document.letterhead.seller.name)
        right = canvas.printable(f"{title_of(document)} {document.number}".strip())
        room = canvas.width - canvas.measure(right, RUNNING) - 6
        canvas.text(canvas.left, 12, shortened(canvas, left, RUNNING, room), RUNNING)
        canvas.text(canvas.right, 12, right, RUNNING, "right")
        canvas.rule(17.5)
    canvas.y = BODY_TOP


def feet(canvas: Canvas, letterhead: Letterhead, language: str) -> None:
    """The foot of every page, once their number is known."""
    pages = canvas.page
    words = words_of(language)
    footer = canvas.wrap(canvas.printable(letterhead.footer), canvas.width - 32, TINY)[:4] if letterhead.footer else []
    for page in range(1, pages + 1):
        canvas.select(page)
        with canvas.artifact():
            top = canvas.pdf.h - 18
            canvas.rule(top)
            for number, line in enumerate(footer):
                canvas.text(canvas.left, top + 1.6 + number * TINY.line, line, TINY)
            place = canvas.printable(words["page"].format(page=page, pages=pages))
            canvas.text(canvas.right, top + 1.6, place, Style(7.4, "", MUTED), "right")


def shortened(canvas: Canvas, text: str, style: Style, width: float) -> str:
    """One line that fits, with … where something was left out."""
    text = text.replace("\n", " ")
    if canvas.measure(text, style) <= width:
        return text
    while text and canvas.measure(text + "…", style) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _brand(canvas: Canvas, letterhead: Letterhead) -> float:
    name = canvas.printable(letterhead.seller.name)
    if letterhead.logo:
        with canvas.block("Figure", alt=name):
            image = canvas.picture(letterhead.logo, canvas.left, 12, *LOGO)
        return 12 + image
    with canvas.block():
        y = 13.0
        for line in canvas.wrap(name, canvas.width - COLUMN - 6, NAME)[:3]:
            canvas.text(canvas.left, y, line, Style(NAME.size, "B", rgb(letterhead.colour)))
            y += NAME.line
    return y


def _seller(canvas: Canvas, letterhead: Letterhead, language: str) -> float:
    y = 12.0
    lines = [(letterhead.seller.name, SELLER)] if letterhead.logo else []
    lines += [(line, SMALL) for line in (*letterhead.seller.lines, *letterhead.contact)]
    lines += [(line, SMALL) for line in _tax_ids(letterhead.seller, language)]
    with canvas.block():
        for text, style in lines:
            for line in canvas.wrap(canvas.printable(text), COLUMN - 10, style):
                canvas.text(canvas.right, y, line, style, "right")
                y += style.line
    return y


def _tax_ids(party: Party, language: str) -> list[str]:
    return [f"{words_of(language)['tax_id']} {number}" for number in party.tax_ids if number]


def _recipient(canvas: Canvas, document: Document, top: float) -> float:
    width = canvas.width - COLUMN - 8
    sender = " · ".join(filter(None, (document.letterhead.seller.name, *document.letterhead.seller.lines)))
    with canvas.artifact():
        canvas.text(canvas.left, top, shortened(canvas, canvas.printable(sender), TINY, width), TINY)
    y = top + TINY.line + 1.6
    lines = [(document.recipient.name, ADDRESSEE), *((line, ADDRESS) for line in document.recipient.lines)]
    lines += [(line, SMALL) for line in _tax_ids(document.recipient, document.language)]
    with canvas.block():
        for text, style in lines:
            for line in canvas.wrap(canvas.printable(text), width, style):
                canvas.text(canvas.left, y, line, style)
                y += style.line
    return y


def _facts(canvas: Canvas, document: Document, top: float) -> float:
    figures = Figures(document.language, document.currency)
    y, left = top, canvas.right - COLUMN + 8
    for fact in document.facts:
        label = canvas.printable(_label(fact, document.language))
        value = canvas.printable(figures.day(fact.value) if isinstance(fact.value, date) else fact.value)
        room = canvas.right - left - canvas.measure(label, FACT_LABEL) - 4
        with canvas.block():
            canvas.text(left, y, label, FACT_LABEL)
            for line in canvas.wrap(value, max(room, 20), FACT):
                canvas.text(canvas.right, y, line, FACT, "right")
                y += FACT.line + 0.5
    return y


def _label(fact: Fact, language: str) -> str:
    return fact.label or words_of(language).get(FACTS.get(fact.kind, fact.kind), "")


def _title(canvas: Canvas, document: Document) -> None:
    title = canvas.printable(title_of(document))
    number = canvas.printable(document.number)
    canvas.bookmark(f"{title} {number}".strip())
    with canvas.block("H1", title=title):
        lines = canvas.wrap(title, canvas.width, TITLE)
        for line in lines:
            canvas.text(canvas.left, canvas.y, line, TITLE)
            canvas.y += TITLE.line
        after = canvas.left + canvas.measure(lines[-1], TITLE) + 2.6
        if after + canvas.measure(number, NUMBER) > canvas.right - 30:
            after, canvas.y = canvas.left, canvas.y + NUMBER.line
        canvas.text(after, canvas.y - NUMBER.line, shortened(canvas, number, NUMBER, canvas.right - after), NUMBER)
    if document.stamp:
        _stamp(canvas, canvas.printable(document.stamp), canvas.y - TITLE.line)
    canvas.y += 2


def _stamp(canvas: Canvas, text: str, top: float) -> None:
    shown = shortened(canvas, text, STAMP, 40)
    width = canvas.measure(shown, STAMP) + 7
    with canvas.block():
        canvas.box(canvas.right - width, top + 1.8, width, 6, WASH, 1.5)
        canvas.rule(top + 7.8, canvas.right - width, canvas.right, colour=FAINT)
        canvas.text(canvas.right - width / 2, top + 2.8, shown, Style(STAMP.size, "B", INK), "centre")
