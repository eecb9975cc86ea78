"""Misspelt words of managed lists in a file: taken for the term that they surely mean, and said so."""

from typing import TYPE_CHECKING

from crm_app.imports.recipes.recipe import Draft
from crm_app.records.vocabulary import misspelt, read_words

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk


def correct_words(chunk: "Chunk", drafts: list[Draft]) -> None:
    """What is exactly a term or a synonym becomes it by itself; what is only near is noted as a guess."""
    fields = [f for f in chunk.kind.fields if f.vocabulary]
    if not fields:
        return
    words = read_words(chunk.session)
    for draft in drafts:
        for field in fields:
            text = draft.values.get(field.name)
            if isinstance(text, str) and text and (term := misspelt(words.get(field.vocabulary), text)):
                draft.values[field.name] = term
                chunk.guesses[field.label, text, term] += 1
