"""Settings of the Meilisearch index, and documents on their way in and out."""

from collections.abc import Mapping
from typing import Any

from search.asked import Asked, Word
from search.documents import Document
from search.ranking import Candidate
from search.words import GRAM, body_words, digits, words

CLIPPED = 400
RESCUED = 3  # words of a query whose first letter is doubted
KEPT = "kept"
SETTINGS: dict[str, Any] = {
    "searchableAttributes": ["title", "body", "numbers", "tails"],
    "displayedAttributes": [KEPT, "key", "digest"],
    "filterableAttributes": ["key", "kind", "id", "owner", "stage", "updated"],
    "sortableAttributes": ["weight"],
    "rankingRules": ["words", "typo", "attribute", "exactness", "sort"],
    "typoTolerance": {
        "enabled": True,
        "minWordSizeForTypos": {"oneTypo": 4, "twoTypos": 8},
        "disableOnAttributes": ["numbers"],
    },
    "faceting": {"maxValuesPerFacet": 100},
}


def to_meili(document: Document) -> dict[str, Any]:
    """What Meilisearch indexes: folded words, every ending of a number, words without their first letter."""
    title = words(document.title)
    numbers = [digits(phone) for phone in document.phones]
    made = {
        "key": document.key,
        "kind": document.kind,
        "id": document.id,
        "title": " ".join(title),
        "body": " ".join(body_words(document.title, document.body, document.emails)),
        "numbers": " ".join(n[i:] for n in numbers for i in range(len(n) - GRAM + 1)),
        "tails": " ".join(word[1:] for word in title if len(word) >= GRAM),
        "updated": document.updated,
        "weight": document.importance,
        "digest": document.digest,
        KEPT: {
            "kind": document.kind,
            "id": document.id,
            "title": document.title,
            "body": [text[:CLIPPED] for text in document.body],
            "phones": document.phones,
            "emails": document.emails,
            "owner": document.owner,
            "stage": document.stage,
            "updated": document.updated,
            "importance": document.importance,
            "clipped": any(len(text) > CLIPPED for text in document.body),
        },
    }
    return made | {n: v for n, v in (("owner", document.owner), ("stage", document.stage)) if v is not None}


def candidate_of(hit: Mapping[str, Any]) -> Candidate:
    """A hit for ranking."""
    kept: dict[str, Any] = dict(hit[KEPT])
    kept.update({name: tuple(kept[name]) for name in ("body", "phones", "emails")})
    return Candidate(**kept)


def plain_texts(asked: Asked) -> list[str]:
    """The query as words, and as words with a number."""
    texts = [_joined(asked.words)]
    return texts + [f"{_joined(asked.others)} {number}".strip() for number in asked.numbers]


def rescue_texts(asked: Asked) -> list[str]:
    """Meilisearch counts a wrong first letter as two typos: each word without it, and with its first two exchanged."""
    found = [word.text for word in asked.words]
    made: list[str] = []
    for place, word in enumerate(asked.words[:RESCUED]):
        if word.typos:
            for other in (word.text[1:], word.text[1] + word.text[0] + word.text[2:]):
                made.append(" ".join([*found[:place], other, *found[place + 1 :]]))
    return made


def _joined(asked: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in asked)
