"""The drawing of a process: boxes, arrows and their words, in units of a picture 340 wide. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_app.core.reader import numeral

WIDTH, BOX, LEFT, LINE, GAP = 340, 46, 16, 15, 14
LETTERS = 42  # that fit beside an arrow
ARROW = 28  # where arrows stand


@dataclass(frozen=True)
class Node:
    """A state: its name, how many records stand in it; `needs` stands beside the arrow that leads to it."""

    key: str
    name: str
    count: int
    needs: str = ""
    moved: int = 0
    kind: str = "open"
    aside: bool = False


@dataclass(frozen=True)
class Box:
    """A state as drawn, from `y` down; its words stand at `name_y` and `note_y`."""

    key: str
    name: str
    note: str
    y: int
    kind: str
    name_y: int
    note_y: int


@dataclass(frozen=True)
class Words:
    """A line of text beside an arrow."""

    text: str
    y: int
    moved: bool = False


@dataclass(frozen=True)
class Arrow:
    """From one state to the next; dashed where it is no step forwards."""

    path: str
    dashed: bool


@dataclass(frozen=True)
class Drawing:
    """A process as drawn, and the same in words for those who do not see it."""

    title: str = ""
    view_box: str = "0 0 340 10"
    boxes: list[Box] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    note: str = ""


def draw(title: str, nodes: Sequence[Node], one: str, many: str, note: str = "") -> Drawing:
    """States below each other; what a state asks stands on the arrow that leads to it, with those who took it."""
    boxes: list[Box] = []
    words: list[Words] = []
    arrows: list[Arrow] = []
    heads: list[str] = []
    lines: list[str] = []
    y = 4
    for n, node in enumerate(nodes):
        beside = wrap(node.needs, LETTERS) if node.needs else []
        moved = f"{numeral(node.moved)} moved in 30 days" if n or node.moved else ""
        if n:
            said = [*beside, moved]
            end = y + GAP + LINE * len(said) + GAP
            arrows.append(Arrow(f"M{ARROW} {y}V{end - 6}", node.aside))
            heads.append(f"M{ARROW - 5} {end - 8}L{ARROW} {end}L{ARROW + 5} {end - 8}Z")
            words += [Words(t, y + GAP + LINE * (i + 1) - 4, t == moved) for i, t in enumerate(said)]
            y = end
        boxes.append(_box(node, y, counted(node.count, one, many)))
        y += BOX
        asks = f" Needs {node.needs[6:]}." if node.needs.startswith("needs ") else f" {node.needs}." * bool(node.needs)
        lines.append(f"{node.name}: {counted(node.count, one, many)}.{asks}{f' {moved}.' if moved else ''}")
    return Drawing(title, f"0 0 {WIDTH} {y + 4}", boxes, words, arrows, heads, lines, note)


def _box(node: Node, y: int, note: str) -> Box:
    return Box(node.key, clipped(node.name, 34), note, y, node.kind, y + 20, y + 37)


def counted(count: int, one: str, many: str) -> str:
    """`1 person`, `1,200 people`."""
    return f"1 {one}" if count == 1 else f"{numeral(count)} {many}"


def clipped(text: str, most: int) -> str:
    """At most so many letters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def wrap(text: str, most: int) -> list[str]:
    """Lines of at most `most` letters, broken between words; a longer word is cut."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most:
            lines[-1] = longer
        else:
            lines.append(clipped(word, most))
    return [line for line in lines if line]
