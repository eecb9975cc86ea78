"""The palette with its places and actions; the frame of every page holds one."""

from typing import Any

import reflex as rx

from crm_app.records.palette.state import Palette
from crm_app.ui.palette import palette


def command_palette(places: list[dict[str, Any]], actions: Any, on_action: Any, on_card: Any) -> rx.Component:
    """`places` are {path, name, words}; `actions` {id, name, words}, answered by `on_action(id)`.

    `on_card(id)` opens an activity, which has no page, over the page that is open.
    """
    return palette(
        places=places,
        actions=actions,
        recent=Palette.recent,
        found=Palette.found,
        counts=Palette.counts,
        preview=Palette.preview,
        on_start=Palette.start,
        on_search=Palette.search,
        on_count=Palette.count,
        on_look=Palette.look,
        on_act=on_action,
        on_card=on_card,
    )
