"""What every page loads: the stylesheets (every token in assets/css/base.css), the early theme script, the icons."""

import reflex as rx

# In this order: what stands later wins.
SHEETS = (
    *("base", "shell", "pieces", "forms", "overlays", "board", "board_tools", "palette", "record"),
    *("home", "timeline", "related"),
    *("deal", "quote", "tables", "forecast", "lists", "bulk", "filters", "paper", "calendar", "pipelines", "lifecycle"),
    *("billing", "merge", "duplicates", "quality", "settings", "phone", "print"),
)
STYLESHEETS = [f"/css/{name}.css" for name in SHEETS]


def head() -> list[rx.Component]:
    """Elements of the document head; nothing comes from another host."""
    return [
        rx.el.script(src="/theme.js"),
        rx.el.link(rel="icon", href="/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.meta(name="theme-color", content="#3f57d6"),
        rx.el.meta(name="color-scheme", content="light dark"),
    ]
