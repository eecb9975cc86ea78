"""The managed lists of an organisation."""

from typing import Any

from sqlmodel import Index

from crm_app.core.schema import LIVING, Record, json_field


class VocabularyTerm(Record, table=True):
    """A word of a list (`industry`, `title` …) with those that mean the same."""

    __tablename__ = "vocabulary_term"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (Index("uq_vocabulary_term", "vocabulary", "sort_key", unique=True, **LIVING),)
    vocabulary: str
    name: str
    synonyms: list[Any] = json_field(list)
