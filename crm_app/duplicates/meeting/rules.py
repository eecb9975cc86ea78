"""How sure it is that two records are one, and why, in plain words."""

VERY, LIKELY = 0.97, 0.9


def sureness(probability: float) -> tuple[str, str]:
    """Words and tone for a probability between 0 and 1."""
    if probability >= VERY:
        return "Very likely the same", "y"
    return ("Likely the same", "a") if probability >= LIKELY else ("Perhaps the same", "")


def percent(probability: float) -> str:
    """`97 %`; never 100, which nobody knows, and never 0 for what was found."""
    return f"{min(max(int(probability * 100), 1), 99)} %"


def plain(reasons: str) -> list[str]:
    """`same phone; Jon ~ Jonathan` as sentences: `Same phone`, `Jon is like Jonathan`."""
    parts = [" ".join(part.split()) for part in reasons.split(";")]
    said = [part.replace(" ~ ", " is like ") for part in parts if part]
    return [part if "@" in part.partition(" ")[0] else part[:1].upper() + part[1:] for part in said]  # no new address
