"""Turns: one at a time, those somebody waits for first, nobody for ever."""

import threading
import time

import pytest

from crm_app.core import turns
from crm_app.core.turns import Turns


def _queue(found: Turns, plan: list[tuple[str, bool]]) -> list[str]:
    """The order in which these get their turn when all came while it was taken, one after the other."""
    order: list[str] = []

    def take(name: str, urgent: bool) -> None:
        with found.turn(urgent=urgent, timeout=5):
            order.append(name)

    threads = []
    with found.turn(urgent=True, timeout=5):
        for name, urgent in plan:
            threads.append(threading.Thread(target=take, args=(name, urgent)))
            threads[-1].start()
            time.sleep(0.02)
    for thread in threads:
        thread.join(5)
    return order


def test_who_has_somebody_waiting_goes_first() -> None:
    plan = [("index", False), ("quality", False), ("move", True), ("edit", True)]
    assert _queue(Turns(), plan) == ["move", "edit", "index", "quality"]


def test_the_background_has_its_turn_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many come before it: here somebody always waits."""
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.1)
    found, stop, done = Turns(), threading.Event(), threading.Event()

    def press() -> None:
        while not stop.is_set():
            with found.turn(urgent=True, timeout=5):
                time.sleep(0.002)

    def background() -> None:
        with found.turn(urgent=False, timeout=5):
            done.set()

    threads = [threading.Thread(target=press) for _ in range(3)] + [threading.Thread(target=background)]
    for thread in threads:
        thread.start()
    assert done.wait(4)
    stop.set()
    for thread in threads:
        thread.join(5)


def test_never_two_at_once_and_free_after_an_error() -> None:
    found, inside, most = Turns(), 0, 0

    def take(urgent: bool) -> None:
        nonlocal inside, most
        for _ in range(200):
            try:
                with found.turn(urgent=urgent, timeout=5):
                    inside += 1
                    most = max(most, inside)
                    inside -= 1
                    raise ValueError("it went wrong")
            except ValueError:
                pass

    threads = [threading.Thread(target=take, args=(n % 2 == 0,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (inside, most) == (0, 1)
    with found.turn(urgent=False, timeout=0.1):
        pass


@pytest.mark.parametrize("urgent", [True, False])
def test_waits_no_longer_than_it_said(urgent: bool) -> None:
    found = Turns()
    with found.turn(urgent=True, timeout=1):
        began = time.monotonic()
        with pytest.raises(TimeoutError, match="took more than"), found.turn(urgent=urgent, timeout=0.05):
            pass
        assert time.monotonic() - began < 1
    with found.turn(urgent=urgent, timeout=0.1):
        pass
