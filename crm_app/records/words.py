"""The input of a form for a word of a managed list, which is proposed while somebody types."""

from typing import Any

import reflex as rx

from crm_app.records.state import RefSearch
from crm_app.ui.inputs import word_input


def listed_word(name: Any, label: Any, vocabulary: Any, value: Any = "", **props: Any) -> rx.Component:
    """By the name of the field; any other word may stay."""
    return word_input(
        name=name,
        label=label,
        vocabulary=vocabulary,
        value=value,
        found=RefSearch.found,
        on_search=RefSearch.look_up,
        **props,
    )
