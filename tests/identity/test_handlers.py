"""The declaration of handlers, their payload schema, the paths one may be sent to, and what logs may show."""

import logging

import pytest
from pydantic import ValidationError

from crm_app.core.errors import Forbidden
from crm_app.http.bucket import Bucket
from crm_app.http.csp import inline_hashes
from crm_app.http.redact import redact
from crm_app.identity.handlers import actor, allow, permission_of, validate_payload
from crm_app.identity.links import safe_next


@allow("deal.edit")
async def move(self, deal_id: int, stage: str = "won", tags: list[int] | None = None) -> None:
    """A handler."""


def test_payloads_take_the_declared_types() -> None:
    assert permission_of(move) == "deal.edit"
    assert validate_payload(move, {"deal_id": "7", "tags": [1]}) == {"deal_id": 7, "tags": [1]}
    for wrong in (
        {},
        {"deal_id": "x"},
        {"deal_id": 1, "more": 2},
        {"deal_id": 1, "tags": "all"},
        {"deal_id": {"a": 1}},
        {"deal_id": 2**63},
        {"deal_id": 1, "tags": [1, -(2**53)]},
    ):
        with pytest.raises(ValidationError):
            validate_payload(move, wrong)


def test_what_cannot_be_validated_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="unknown permission"):
        allow("deal.fly")
    for handler in (lambda self, x: x, lambda self, *x: x, lambda self, **x: x):
        with pytest.raises(TypeError):
            allow("any")(handler)


def test_nobody_acts_outside_of_an_event() -> None:
    with pytest.raises(Forbidden):
        actor()


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "x",
        "//x",
        "/\\x",
        "\\\\x",
        "https://x",
        "javascript:alert(1)",
        "/%2F/x",
        "/%252fx",
        "/a\nb",
        "/%0d%0ax",
        "/sign-in",
        "/sign-out?x",
        "/\tx",
        "/" + "a" * 3000,
    ],
)
def test_paths_that_lead_elsewhere(path: str | None) -> None:
    assert safe_next(path) == "/"


@pytest.mark.parametrize("path", ["/", "/deals?q=a%20b", "/deals/12", "/users#x"])
def test_paths_of_this_site(path: str) -> None:
    assert safe_next(path) == path


def test_the_bucket_refills() -> None:
    bucket = Bucket(rate=20, burst=60)
    at = bucket.at
    assert sum(bucket.take(at) for _ in range(200)) == 60
    assert sum(bucket.take(at + 1) for _ in range(200)) == 20
    assert sum(bucket.take(at + 100) for _ in range(200)) == 60


def test_secrets_are_cut_out_of_logs() -> None:
    for text in (
        "kith_session=abc123",
        "{'cookie': 'kith_session=abc123; a=b'}",
        "GET /invite?token=abc123 HTTP",
        '"__Host-kith_session": "abc123"',
    ):
        assert "abc123" not in redact(text), redact(text)
    assert redact("nothing to hide") == "nothing to hide"
    assert logging.getLogRecordFactory()


def test_inline_scripts_are_hashed() -> None:
    """The digest of `alert(1)` by another tool (openssl)."""
    found = inline_hashes(b'<script src="/a.js"></script><script>alert(1)</script><script type="module"> </script>')
    assert found == {"'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"}
