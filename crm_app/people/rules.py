"""Relations between people: how each reads from the other side. Pure."""

# What the other person is to this one, as its page says it, and as the page of the other one says it.
WORDS = {
    "knows": "Knows each other",
    "manager": "Manager",
    "assistant": "Assistant",
    "colleague": "Colleague",
    "partner": "Partner",
    "referred by": "Referred this person",
}
REVERSE_WORDS = {
    "knows": "Knows each other",
    "manager": "Reports to this person",
    "assistant": "Assisted by this person",
    "colleague": "Colleague",
    "partner": "Partner",
    "referred by": "Was referred by this person",
}


def relation_words(type_: str, *, reverse: bool) -> str:
    """What the other person is to the one whose page it is; `reverse` if the other page owns the relation."""
    return (REVERSE_WORDS if reverse else WORDS).get(type_, type_.capitalize())
