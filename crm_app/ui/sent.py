"""What a page was sent and keeps itself."""

import reflex as rx


def forget(state: rx.State, *names: str) -> None:
    """Drop what the page has got since the last `yield`, without telling it: the field is at its default again.

    A page that comes back after its socket was lost gets the default, and then what its `on_load` reads anew.
    """
    for name in names:
        vars(state).pop(name, None)
