"""To which category of the forecast a deal belongs: as somebody chose, else by the probability of its stage."""

CATEGORIES = ("commit", "best_case", "pipeline")  # of open deals, the surest first
COUNTED = ("won", *CATEGORIES)
CATEGORY_NAMES = {
    "won": "Closed won",
    "commit": "Commit",
    "best_case": "Best case",
    "pipeline": "Pipeline",
    "omitted": "Left out",
    "lost": "Closed lost",
}
COMMIT_FROM, BEST_CASE_FROM = 70, 40  # per cent


def usual_category(probability: int) -> str:
    """The category of an open deal about which nobody said anything."""
    if probability >= COMMIT_FROM:
        return "commit"
    return "best_case" if probability >= BEST_CASE_FROM else "pipeline"


def category_of(chosen: str | None, stage_kind: str, probability: int) -> str:
    """Won and lost are what they are; an open deal is what was chosen (`omitted` among it), or the usual."""
    if stage_kind != "open":
        return stage_kind
    return chosen or usual_category(probability)
