"""From a document to its PDF."""

from crm_app.paper.binding import bind
from crm_app.paper.canvas import Canvas
from crm_app.paper.document import Document, Paper
from crm_app.paper.head import feet, first_page, running_head, title_of
from crm_app.paper.prose import heading, prose
from crm_app.paper.summary import Summary, closing
from crm_app.paper.table import Table
from crm_app.paper.words import words_of


def render(document: Document) -> Paper:
    """The PDF of a document. The same document gives the same bytes; whatever was typed, it never fails on a text."""
    canvas = Canvas(document.letterhead.page)
    title = f"{title_of(document)} {document.number}".strip()
    canvas.describe(title, document.letterhead.seller.name, document.language, document.issued_on)
    first_page(canvas, document)
    canvas.on_new_page = lambda it: running_head(it, document)
    _proposal(canvas, document)
    table, summary = Table(canvas, document), Summary(canvas, document)
    if table.rows and not table.draw(summary.height):
        canvas.new_page()
    if document.totals or document.taxes:
        summary.draw()
    closing(canvas, document)
    feet(canvas, document.letterhead, document.language)
    content, pages = canvas.finished(), canvas.pages
    if document.attachments:
        content, more = bind(content, document.attachments, document.letterhead.page)
        pages += more
    return Paper(content, pages, tuple(canvas.printable.missing))


def _proposal(canvas: Canvas, document: Document) -> None:
    """The cover letter and the chapters; the prices begin under a heading of their own."""
    if document.letter:
        prose(canvas, document.letter)
        canvas.y += 3
    for chapter in document.chapters:
        heading(canvas, chapter.title)
        prose(canvas, chapter.text)
        canvas.y += 2
    if document.sections and (document.letter or document.chapters):
        heading(canvas, words_of(document.language)["prices"], room=50)
