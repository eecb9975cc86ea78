"""Keys that walk the items of a page and press what stands in one: `data-item` on each, `data-act` on its buttons."""

import reflex as rx

from crm_app.ui.scripts import script

_jsx = script(__name__, "keys.jsx").importable_path


class ItemKeys(rx.Component):
    """J and K walk; `keys` is {letter: the name in data-act}."""

    library = _jsx
    tag = "ItemKeys"
    keys: rx.Var[dict[str, str]]


item_keys = ItemKeys.create
