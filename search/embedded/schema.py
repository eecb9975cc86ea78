"""The fields of the tantivy index, and documents on their way in and out."""

import json
from functools import lru_cache
from typing import Any

import tantivy

from search.documents import Document
from search.ranking import IMPORTANCE, RECENCY, REMEMBERED, Candidate
from search.words import body_words, digits, grams, starts, words

CLIPPED = 400  # characters of each text that are kept for ranking; all of it is searched
ERA = 50 * 365.25 * 86400
GAP = "."
NAMED = 0.5  # from this importance on a document is looked for with typos first: its words stand in `near` too
START, START_LETTERS = "start_", 3  # so short a beginning is one term; as a range of all words it took 20 ms


def make_schema() -> tantivy.Schema:
    """Words of the `title`, all `words`, the first letters of both beside them, those of named things in `near`, phones
    in runs of three digits, filters as numbers, kind and owner as one term in `held`, the texts for ranking."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("held", tokenizer_name="raw", index_option="basic")
    for name in ("title", "words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
        builder.add_text_field(START + name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("near", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("phone", tokenizer_name="whitespace", index_option="position")
    for name in ("id", "owner", "stage", "updated"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_float_field("weight", fast=True)
    builder.add_bytes_field("kept", stored=True)
    return builder.build()


def to_tantivy(document: Document, schema: tantivy.Schema) -> tantivy.Document:
    """What tantivy indexes of a document."""
    kept = [
        document.kind,
        document.id,
        document.title,
        [text[:CLIPPED] for text in document.body],
        document.phones,
        document.emails,
        document.owner,
        document.stage,
        document.updated,
        document.importance,
        any(len(text) > CLIPPED for text in document.body),
        document.digest,
    ]
    title = list(dict.fromkeys(words(document.title)))
    every = list(dict.fromkeys(title + body_words(document.title, document.body, document.emails)))
    values: dict[str, Any] = {
        "key": document.key,
        "kind": document.kind,
        "held": held(document.kind, document.owner),
        "id": document.id,
        "title": " ".join(title),
        "words": " ".join(every),
        START + "title": " ".join(starts(title, START_LETTERS)),
        START + "words": " ".join(starts(every, START_LETTERS)),
        "near": " ".join(every) if document.importance >= NAMED else "",
        "phone": f" {GAP} ".join(" ".join(grams(digits(phone))) for phone in document.phones),
        "updated": document.updated,
        "weight": _weight(document),
        "kept": json.dumps(kept, ensure_ascii=False).encode(),
    }
    values |= {n: v for n, v in (("owner", document.owner), ("stage", document.stage)) if v is not None}
    return tantivy.Document.from_dict(values, schema)


def held(kind: str, owner: object) -> str:
    """The term of all records of this kind that this owner holds."""
    return f"{kind} {owner}"


def _weight(document: Document) -> float:
    """0 to 0.1, by which candidates of equal words are chosen: small enough never to outweigh a better word."""
    recent = min(1.0, max(0.0, document.updated / ERA / 2))
    return 0.1 * (IMPORTANCE * document.importance + RECENCY * recent) / (IMPORTANCE + RECENCY)


def kept_of(found: tantivy.Document) -> list[Any]:
    """The kept values of a stored document."""
    raw = found.get_first("kept")
    return json.loads(bytes(raw)) if raw is not None else []


def candidate_of(found: tantivy.Document) -> Candidate:
    """A stored document for ranking."""
    return _candidate(bytes(found.get_first("kept") or b""))


@lru_cache(maxsize=REMEMBERED)
def _candidate(raw: bytes) -> Candidate:
    kind, id, title, body, phones, emails, owner, stage, updated, importance, clipped, _ = json.loads(raw)
    texts = (tuple(body), tuple(phones), tuple(emails))
    return Candidate(kind, id, title, *texts, owner, stage, updated, importance, clipped)
