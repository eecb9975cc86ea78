"""Does the index hold what the database holds? Compared by hashes, mended where it does not."""

from collections import defaultdict

from crm_app.records.search.documents import KINDS, all_documents
from crm_app.records.search.index import engine, follow, reindex
from search.port import Damaged, Missing, Unavailable


def index_problems(repair: bool = False) -> list[str]:
    """What differs, in words, by kind; with `repair` those documents are written again, a missing index built."""
    try:
        held = dict(engine().digests())
    except Missing as error:
        if repair:
            reindex()
        damaged = isinstance(error, Damaged) and not repair  # one that never was is built by the next worker
        return [f"search: {error}; `kith reindex` builds it"] if damaged else []
    except Unavailable as error:
        return [f"search: {error}"]
    lacking: dict[str, list[int]] = defaultdict(list)
    differing: dict[str, list[int]] = defaultdict(list)
    for portion in all_documents():
        for document in portion:
            digest = held.pop(document.key, None)
            if digest != document.digest:
                (lacking if digest is None else differing)[document.kind].append(document.id)
    surplus: dict[str, list[int]] = defaultdict(list)
    for key in held:
        name, _, id = key.rpartition("-")
        surplus[name].append(int(id))
    found = {"not in the index": lacking, "different in the index": differing, "in the index, but gone": surplus}
    if repair:
        _mend(list(found.values()))
        return []
    return [f"search: {len(ids)} {name} {words}" for words, kinds in found.items() for name, ids in kinds.items()]


def _mend(found: list[dict[str, list[int]]]) -> None:
    for kinds in found:
        for name in KINDS:
            ids = kinds.get(name, [])
            for start in range(0, len(ids), 5000):
                follow([{"kind": name, "ids": ids[start : start + 5000]}])
