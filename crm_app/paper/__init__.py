"""All PDFs. `render(document)` gives the same bytes for the same document, in any process."""

from crm_app.paper.document import (
    Attachment,
    Chapter,
    Document,
    Fact,
    Letterhead,
    Line,
    Paper,
    Party,
    Section,
    Tax,
    Total,
)
from crm_app.paper.logo import prepare_logo
from crm_app.paper.render import render
from crm_app.paper.words import LANGUAGES

__all__ = [
    "LANGUAGES",
    "Attachment",
    "Chapter",
    "Document",
    "Fact",
    "Letterhead",
    "Line",
    "Paper",
    "Party",
    "Section",
    "Tax",
    "Total",
    "prepare_logo",
    "render",
]
