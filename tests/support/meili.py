"""A small server that speaks the part of Meilisearch's protocol that Kith uses, for machines without the real one.

Its matching is its own: words in any order, the last one as a prefix, typos by Meilisearch's rules, where a wrong first
letter counts as two. Settings that Kith must give are demanded: without them nothing is searchable or filterable.
"""

import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rapidfuzz.distance import OSA

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[()\[\],]|>=|<=|=|[^\s()\[\],=<>]+')


class MeiliStub:
    """A server on a free port. `fails`: the next task of this type fails; `unfinished`: no task ever ends.

    `under_way` is how many requests it holds between `hang` and `go_on`.
    """

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Any]] = {}
        self.tasks: list[dict[str, Any]] = []
        self.fails: set[str] = set()
        self.lock = threading.RLock()
        self.unfinished, self.under_way = False, 0
        self._free = threading.Event()
        self._free.set()
        stub = self

        class Handler(_Handler):
            server_stub = stub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def hang(self) -> None:
        """Answer nothing more until `go_on`."""
        self._free.clear()

    def go_on(self) -> None:
        """Answer what waits, and what comes."""
        self._free.set()

    def hold(self) -> None:
        """Where a request waits while it hangs."""
        if not self._free.is_set():
            with self.lock:
                self.under_way += 1
            self._free.wait(30)
            with self.lock:
                self.under_way -= 1

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON for a request."""
        parts = path.split("?")[0].strip("/").split("/")
        match method, parts:
            case "GET", ["tasks", uid]:
                return 200, self.tasks[int(uid)]
            case "GET", ["indexes"]:
                dates = dict.fromkeys(("createdAt", "updatedAt"), "2026-01-01T00:00:00.000000Z")
                found = [{"uid": uid, "primaryKey": index["key"]} | dates for uid, index in self.indexes.items()]
                return 200, {"results": found, "offset": 0, "limit": 1000, "total": len(found)}
            case "POST", ["indexes"]:
                new = {"key": body["primaryKey"], "docs": {}, "settings": {}}
                return self._task("indexCreation", lambda: self.indexes.setdefault(body["uid"], new))
            case "POST", ["swap-indexes"]:
                return self._task("indexSwap", lambda: [self._swap(*pair["indexes"]) for pair in body])
            case "POST", ["multi-search"]:
                for query in body["queries"]:
                    if query["indexUid"] not in self.indexes:
                        return 400, _error("index_not_found")
                return 200, {"results": [self._search(query) for query in body["queries"]]}
        if parts[0] != "indexes" or parts[1] not in self.indexes:
            return 404, _error("index_not_found")
        return self._of_index(method, parts[1], parts[2:], body)

    def _of_index(self, method: str, uid: str, rest: list[str], body: Any) -> tuple[int, Any]:
        index = self.indexes[uid]
        match method, rest:
            case "DELETE", []:
                return self._task("indexDeletion", lambda: self.indexes.pop(uid))
            case "GET", ["stats"]:
                sizes = {"rawDocumentDbSize": 0, "avgDocumentSize": 0}
                count = len(index["docs"])
                return 200, {"numberOfDocuments": count, "isIndexing": False, "fieldDistribution": {}} | sizes
            case "PATCH", ["settings"]:
                return self._task("settingsUpdate", lambda: index["settings"].update(body))
            case "POST", ["documents"]:
                return self._task(
                    "documentAdditionOrUpdate", lambda: index["docs"].update({d[index["key"]]: d for d in body})
                )
            case "POST", ["documents", "delete"]:
                gone = _Filter(body["filter"], set(index["settings"]["filterableAttributes"])).test
                kept = {key: doc for key, doc in index["docs"].items() if not gone(doc)}
                return self._task("documentDeletion", lambda: index.update(docs=kept))
            case "POST", ["documents", "fetch"]:
                found = list(index["docs"].values())
                page = found[body["offset"] : body["offset"] + body["limit"]]
                rows = [{name: d[name] for name in body["fields"]} for d in page]
                return 200, {"results": rows, "offset": body["offset"], "limit": body["limit"], "total": len(found)}
        return 404, _error("not_found")

    def _swap(self, one: str, other: str) -> None:
        self.indexes[one], self.indexes[other] = self.indexes[other], self.indexes[one]

    def _task(self, type: str, work: Any) -> tuple[int, Any]:
        """Done at once, or failed if the test wants it; the client has to look."""
        uid, at = len(self.tasks), "2026-01-01T00:00:00.000000Z"
        task = {"uid": uid, "type": type, "status": "succeeded", "enqueuedAt": at, "error": None}
        if self.unfinished:
            task["status"] = "processing"
        elif type in self.fails:
            self.fails.discard(type)
            task |= {"status": "failed", "error": _error("internal")}
        else:
            work()
        self.tasks.append(task)
        return 202, {"taskUid": uid, "indexUid": None, "status": "enqueued", "type": type, "enqueuedAt": at}

    def _search(self, query: dict[str, Any]) -> dict[str, Any]:
        index = self.indexes[query["indexUid"]]
        settings = index["settings"]
        allowed = set(settings.get("filterableAttributes", []))
        tests = [_Filter(text, allowed).test for text in query.get("filter", [])]
        found = []
        for doc in index["docs"].values():
            if all(test(doc) for test in tests):
                cost = _cost(query["q"].split(), doc, settings)
                if cost is not None:
                    found.append((cost, -doc["weight"], doc))
        found.sort(key=lambda entry: entry[:2])
        counted: dict[str, dict[str, int]] = {name: {} for name in query.get("facets", [])}
        for name, counts in counted.items():
            for *_, doc in found:
                if name in doc:
                    counts[str(doc[name])] = counts.get(str(doc[name]), 0) + 1
        hits = [{name: doc[name] for name in query["attributesToRetrieve"]} for *_, doc in found[: query["limit"]]]
        return {"indexUid": query["indexUid"], "hits": hits, "facetDistribution": counted, "query": query["q"]}


def _error(code: str) -> dict[str, str]:
    return {"message": f"{code} (stub)", "code": code, "type": "invalid_request", "link": ""}


def _cost(asked: list[str], doc: dict[str, Any], settings: dict[str, Any]) -> int | None:
    """Typos and prefixes that all words need together; None if one is not there."""
    rules, total = settings.get("typoTolerance", {}), 0
    sizes = rules.get("minWordSizeForTypos", {"oneTypo": 5, "twoTypos": 9})
    for place, word in enumerate(asked):
        allowed = 2 if len(word) >= sizes["twoTypos"] else 1 if len(word) >= sizes["oneTypo"] else 0
        best: int | None = None
        for name in settings.get("searchableAttributes", []):
            forgiven = 0 if name in rules.get("disableOnAttributes", []) else allowed
            for known in str(doc.get(name, "")).split():
                cost = _word_cost(word, known, forgiven, place == len(asked) - 1)
                best = cost if best is None or (cost is not None and cost < best) else best
        if best is None:
            return None
        total += best
    return total


def _word_cost(word: str, known: str, forgiven: int, prefix: bool) -> int | None:
    if word == known:
        return 0
    if prefix and known.startswith(word):
        return 1
    if not forgiven:
        return None
    endings = range(max(1, len(word) - 2), len(word) + 3) if prefix else (len(known),)
    typos = [OSA.distance(word, known[:n]) + (known[0] != word[0]) for n in endings]
    return 10 * min(typos) if min(typos) <= forgiven else None


class _Filter:
    """An expression of `AND`, `OR`, parentheses, `=`, `>=`, `<=`, `IN`, `EXISTS`, `NOT EXISTS`."""

    def __init__(self, text: str, allowed: set[str]) -> None:
        self._tokens, self._at, self._allowed = _TOKEN.findall(text), 0, allowed
        self.test = self._either()
        assert self._at == len(self._tokens), f"cannot read {text}"

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Any:
        parts = [self._both()]
        while self._peek() == "OR":
            self._take()
            parts.append(self._both())
        return lambda doc: any(part(doc) for part in parts)

    def _both(self) -> Any:
        parts = [self._one()]
        while self._peek() == "AND":
            self._take()
            parts.append(self._one())
        return lambda doc: all(part(doc) for part in parts)

    def _one(self) -> Any:
        if self._peek() == "(":
            self._take()
            inner = self._either()
            assert self._take() == ")"
            return inner
        name, sign = self._take(), self._take()
        assert name in self._allowed, f"{name} is not filterable"
        if sign == "EXISTS":
            return lambda doc: name in doc
        if sign == "NOT":
            assert self._take() == "EXISTS"
            return lambda doc: name not in doc
        if sign == "IN":
            assert self._take() == "["
            values = []
            while (token := self._take()) != "]":
                values += [] if token == "," else [json.loads(token)]
            return lambda doc: doc.get(name) in values
        value = json.loads(self._take())
        if sign == "=":
            return lambda doc: doc.get(name) == value
        if sign == ">=":
            return lambda doc: name in doc and doc[name] >= value
        assert sign == "<="
        return lambda doc: name in doc and doc[name] <= value


class _Handler(BaseHTTPRequestHandler):
    server_stub: MeiliStub
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server_stub.hold()
        with self.server_stub.lock:
            status, found = self.server_stub.answer(self.command, self.path, json.loads(raw) if raw else None)
        out = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(out)))
        with contextlib.suppress(ConnectionError):  # whoever asked has given up
            self.end_headers()
            self.wfile.write(out)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""
