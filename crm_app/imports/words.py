"""Words and numbers of a file in the form in which they are kept, before rows are compared with what is there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crm_app.core.changes import Context, Field
from crm_app.core.clock import now
from crm_app.imports.recipes.recipe import Draft
from crm_app.records.phones import is_read
from crm_app.records.vocabulary import Words, misspelt, read_words

if TYPE_CHECKING:
    from crm_app.imports.chunk import Chunk

UNREAD = "a text, kept as written"


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


def tidy_parts(chunk: "Chunk", drafts: list[Draft]) -> None:
    """Numbers and the like as they are kept, so that a file that comes again adds nothing; zeros refuse a row."""
    context = Context(chunk.session, chunk.job.actor, "import", 0, now())
    listed = any(f.vocabulary for name in {n for d in drafts for n in d.parts} for f in _fields(chunk, name))
    words = read_words(chunk.session) if listed else {}
    for draft in drafts:
        try:
            for name, part in draft.parts.items():
                _correct(chunk, words, name, part)
                _tidy(chunk, context, name, part)
        except ValueError as error:
            chunk.refuse(draft, str(error))


def _fields(chunk: "Chunk", name: str) -> tuple[Field, ...]:
    return chunk.kind.child_by_name[name].fields


def _correct(chunk: "Chunk", words: Mapping[str, Words], name: str, part: dict[str, object]) -> None:
    for field in _fields(chunk, name):
        text = part.get(field.name)
        known = words.get(field.vocabulary) if field.vocabulary else None
        if isinstance(text, str) and text and (term := misspelt(known, text)):
            part[field.name] = term
            chunk.guesses[f"{chunk.kind.child_by_name[name].label}: {field.label}", text, term] += 1


def _tidy(chunk: "Chunk", context: Context, name: str, part: dict[str, object]) -> None:
    for field in _fields(chunk, name):
        text = part.get(field.name)
        if field.tidy is None or not isinstance(text, str) or not text:
            continue
        part[field.name] = kept = field.tidy(context, text)
        if field.holds == "phone" and not is_read(kept):
            chunk.guesses[field.label, text, UNREAD] += 1
