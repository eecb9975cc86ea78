"""The frames of a socket that pass, and bodies that drip."""

import asyncio

import pytest

from crm_app.http import gate
from crm_app.http.frames import Frames

EVENT = '42/_event,["event",{"name":"x"}]'


@pytest.mark.parametrize("text", ["1", "2", "3", "40/_event,", '40/_event,{"a":1}', EVENT, "41/_event,"])
def test_what_pages_send_passes(text: str) -> None:
    assert Frames().passes(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "4",
        "40",
        "40/other,",
        '42["event",{}]',
        '42/_event,["connect",{}]',
        '42/_event,["\\u0063onnect",{}]',
        '42/_event, ["connect",{}]',
        '42/_event,["eventually",{}]',
        '42/_event,[["event"]]',
        '42/_event?x,["event",{}]',
        '42/_event,7["connect",{}]',
        '451-/_event,["event",{"_placeholder":true,"num":0}]',
        '43/_event,1["event"]',
        "2probe",
        "5",
        "6",
        "3\x1e" + EVENT,
        EVENT.replace("42", "\n42"),
    ],
)
def test_anything_else_does_not(text: str | None) -> None:
    assert not Frames().passes(text)


def test_a_socket_connects_once() -> None:
    frames = Frames()
    assert [frames.passes("40/_event,"), frames.passes(EVENT), frames.passes("40/_event,")] == [True, True, False]


async def test_a_body_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence ends it, and so does a byte now and then; a steady one is read to its end."""
    monkeypatch.setattr(gate, "BODY_SILENCE_SECONDS", 0.2)

    async def dripping() -> dict:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    read = gate._limited(dripping, 1)
    got = [await read() for _ in range(10)]
    assert got[0]["type"] == "http.request" and got[-1]["type"] == "http.disconnect"

    async def silent() -> dict:
        await asyncio.Event().wait()
        raise AssertionError

    assert (await gate._limited(silent, 1)())["type"] == "http.disconnect"

    async def steady() -> dict:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x" * 1000, "more_body": True}

    read = gate._limited(steady, 1)
    assert {(await read())["type"] for _ in range(10)} == {"http.request"}


async def test_a_body_larger_than_it_said_is_cut() -> None:
    async def endless() -> dict:
        return {"type": "http.request", "body": b"x" * 300_000, "more_body": True}

    read = gate._limited(endless, 1)
    assert [(await read())["type"] for _ in range(4)] == ["http.request"] * 3 + ["http.disconnect"]
