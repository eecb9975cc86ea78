"""The icon set: inline SVG paths on an 18 px grid, stroked in the text's colour."""

import reflex as rx

PATHS = {
    "home": "M3 8l6-5 6 5v7H3z",
    "deals": "M3 3h3.5v12H3zM8 3h3.5v8H8zM13 3h2.5v5H13z",
    "forecast": "M2.500 15.500h13M4 12.500l3.500-4 3 2.500L15 4M11.500 4H15v3.500",
    "share": "M9 15V8M9 8c0-3 2-4 5-4M9 8c0-3-2-4-5-4M12 2l2 2-2 2M6 2L4 4l2 2M6 13l3 3 3-3",
    "map": "M3 5l4-2 4 2 4-2v10l-4 2-4-2-4 2zM7 3v10M11 5v10",
    "people": "M9 9a3 3 0 100-6 3 3 0 000 6zM3 16c0-3 3-5 6-5s6 2 6 5",
    "users": "M7 9a3 3 0 100-6 3 3 0 000 6zM1.5 15.500c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.500 4.5"
    "M12 3.400a3 3 0 010 5.200M14 11.5c1.6.6 2.6 2 2.6 4",
    "teams": "M9 3v4M9 7H4v4M9 7h5v4M2.500 11h3v4h-3zM12.500 11h3v4h-3zM7.500 11h3v4h-3zM9 7v4",
    "import": "M9 3v8M5.500 8L9 11.500 12.500 8M3 12v3h12v-3",
    "more": "M4 9h.01M9 9h.01M14 9h.01",
    "plus": "M9 4v10M4 9h10",
    "check": "M4 9.500l3.500 3.500L14 5.500",
    "close": "M5 5l8 8M13 5l-8 8",
    "activities": "M4 4h10v11H4zM4 8h10M7 2v4M11 2v4",
    "calendar": "M3 4.500h12V15H3zM3 8h12M6 2.500v3M12 2.500v3M6 11h.01M9 11h.01M12 11h.01",
    "day": "M9 12.500a3.500 3.500 0 100-7 3.500 3.500 0 000 7zM9 1.500v1M9 15.500v1M1.500 9h1M15.500 9h1"
    "M3.700 3.700l.7.7M13.600 13.600l.7.7M3.700 14.300l.7-.7M13.600 4.400l.7-.7",
    "reports": "M3 15V3M3 15h12M6 12.500V9M9 12.500V6M12 12.500V4",
    "invoice": "M4 2.500h10v13l-2-1.300-1.500 1.300L9 14.200 7.500 15.500 6 14.200l-2 1.300zM6.500 6h5M6.500 9h5",
    "products": "M3 6l6-3 6 3v6l-6 3-6-3zM3 6l6 3 6-3M9 9v6",
    "copy": "M7 7h8v8H7zM4 11H3V3h8v1",
    "split": "M9 16v-5L4 6V3M9 11l5-5V3M2 5l2-2 2 2M12 5l2-2 2 2",
    "quote": "M4 2h7l3 3v11H4zM11 2v3h3M6.5 8h5M6.5 11h5M6.5 13.500h3",
    "up": "M4 11l5-5 5 5",
    "down": "M4 7l5 5 5-5",
    "rates": "M3 6h11M11 3l3 3-3 3M15 12H4M7 9l-3 3 3 3",
    "trash": "M4 5.5h10M7.5 5.5V3.5h3v2M5.5 5.5l.6 9h5.8l.6-9",
    "alert": "M9 3l7 12H2zM9 7.500v3.500M9 13h.01",
    "info": "M9 16A7 7 0 109 2a7 7 0 000 14zM9 8.500v4M9 5.800h.01",
    "left": "M11 4L6 9l5 5",
    "right": "M7 4l5 5-5 5",
    "fold": "M3 3h12v12H3zM7 3v12M12 7l-2 2 2 2",
    "exit": "M7 3H3v12h4M8 9h7M12 6l3 3-3 3",
    "person": "M9 9a3 3 0 100-6 3 3 0 000 6zM3 16c0-3 3-5 6-5s6 2 6 5",
    "process": "M2.500 5h4v4h-4zM11.500 9h4v4h-4zM6.500 7h2.500v4h2.500",
    "laptop": "M4 4h10v7H4zM2 14h14",
    "phone": "M6 2h6v14H6zM8.500 13.500h1",
    "file": "M5 2h5l4 4v10H5zM10 2v4h4",
    "company": "M4 16V3h7v13M11 7h4v9M6 6h3M6 9h3M6 12h3",
    "undo": "M6 4L3 7l3 3M3 7h7a4 4 0 010 8H7",
    "keyboard": "M2 5h14v8H2zM5 8h.01M8 8h.01M11 8h.01M14 8h.01M6 11h6",
    "bell": "M4.500 12.500V8a4.500 4.500 0 019 0v4.500l1.500 1.500H3zM7.500 15.500a1.500 1.500 0 003 0",
    "settings": "M3 5h6M13 5h2M9 5a2 2 0 104 0 2 2 0 00-4 0M3 13h2M9 13h6M5 13a2 2 0 104 0 2 2 0 00-4 0",
    "book": "M4 13.500V4.500A1.500 1.500 0 015.500 3H14v12H5.500A1.500 1.500 0 014 13.500z"
    "M4 13.500A1.500 1.500 0 015.500 12H14",
    "list": "M7 5h8M7 9h8M7 13h8M3.500 5h.01M3.500 9h.01M3.500 13h.01",
    "field": "M2.500 5.500h13v7h-13zM5 8v2",
    "gauge": "M3.500 13.500a6.500 6.500 0 1111 0M9 11.500l3-4",
    "onward": "M3 9h12M11 5l4 4-4 4",
    "tag": "M3 3h6l6 6-6 6-6-6zM6.500 6.500h.01",
    "theme": "M9 16A7 7 0 109 2a7 7 0 000 14zM9 2v14",
}


def icon(name: str, size: str = "") -> rx.Component:
    """A decorative icon (hidden from screen readers); size is "", "big" or "huge"."""
    return rx.el.svg(
        rx.el.path(d=PATHS[name]),
        view_box="0 0 18 18",
        class_name=f"icon {size}".strip(),
        custom_attrs={"aria-hidden": "true"},
    )
