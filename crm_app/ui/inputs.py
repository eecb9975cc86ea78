"""Filters that live in the address, a look-up by name, panes that become tabs on a phone, inline edit."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex_base.event import passthrough_event_spec

from crm_app.ui.scripts import script

script(__name__, "quick.js")
_inputs = script(__name__, "inputs.jsx").importable_path
_lookup = script(__name__, "lookup.jsx").importable_path
_proposed = script(__name__, "proposed.jsx").importable_path
_breaks = script(__name__, "breaks.jsx").importable_path
_helps = script(__name__, "helps.jsx").importable_path
_several = script(__name__, "several.jsx").importable_path
_inline = script(__name__, "inline.jsx").importable_path
_parts = script(__name__, "parts.jsx").importable_path


@dataclass(frozen=True)
class EditAnswer:
    """How the last inline save ended; n grows with each, an empty error means saved."""

    n: int = 0
    field: str = ""
    error: str = ""


class UrlText(rx.Component):
    """A text filter bound to a parameter of the address."""

    library = _inputs
    tag = "UrlText"
    param: rx.Var[str]
    label: rx.Var[str]
    placeholder: rx.Var[str]


class UrlSelect(rx.Component):
    """A choice bound to a parameter of the address."""

    library = _inputs
    tag = "UrlSelect"
    param: rx.Var[str]
    label: rx.Var[str]
    any: rx.Var[str]
    options: rx.Var[list[Any]]


class UrlDay(rx.Component):
    """A day bound to a parameter of the address."""

    library = _inputs
    tag = "UrlDay"
    param: rx.Var[str]
    label: rx.Var[str]
    current: rx.Var[str]


class UrlSegments(rx.Component):
    """Segments bound to a parameter of the address; a choice takes the parameters `resets` away."""

    library = _inputs
    tag = "UrlSegments"
    param: rx.Var[str]
    label: rx.Var[str]
    current: rx.Var[Any]
    options: rx.Var[list[Any]]
    resets: rx.Var[list[str]]


class Breaks(rx.Component):
    """A text whose long words break after the signs that part them."""

    library = _breaks
    tag = "Breaks"
    text: rx.Var[str]


class UrlTabs(rx.Component):
    """Links to lists with their filters; the one that is open is marked."""

    library = _inputs
    tag = "UrlTabs"
    label: rx.Var[str]
    options: rx.Var[list[Any]]


class Panes(rx.Component):
    """Three panes; on a phone, tabs."""

    library = _inputs
    tag = "Panes"
    labels: rx.Var[list[str]]


class Lookup(rx.Component):
    """A field that finds a record of a kind by name; the form gets NAME (the id) and NAME_text (what was typed).

    `on_search(kind, text)` asks, `found` (kind, text, options) answers. `makes`: who is not found can be created.
    """

    library = _lookup
    tag = "Lookup"
    name: rx.Var[str]
    label: rx.Var[str]
    kind: rx.Var[str]
    placeholder: rx.Var[str]
    found: rx.Var[Any]
    value: rx.Var[str]
    shown: rx.Var[str]
    invalid: rx.Var[bool]
    required: rx.Var[bool]
    auto_focus: rx.Var[bool]
    makes: rx.Var[bool]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]
    on_pick: rx.EventHandler[passthrough_event_spec(str)]
    on_cancel: rx.EventHandler[passthrough_event_spec(bool)]


class WordInput(rx.Component):
    """A text of a form whose words come from a managed list; they are proposed as by `Lookup`, any other may stay."""

    library = _proposed
    tag = "WordInput"
    name: rx.Var[str]
    label: rx.Var[str]
    vocabulary: rx.Var[str]
    value: rx.Var[str]
    required: rx.Var[bool]
    max_length: rx.Var[int]
    found: rx.Var[Any]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


class Helps(rx.Component):
    """The quiet ? of a field: `help` is what it means and where that is written; it opens beside the form."""

    library = _helps
    tag = "Helps"
    label: rx.Var[str]
    help: rx.Var[Any]
    apart: rx.Var[bool]


class InlineEdit(rx.Component):
    """One property, edited in place; `on_save(field, text, version)` gets the version that the writer saw.

    `property.type` is text, longtext, money, int, date, datetime, choice, bool or ref; a ref is found as by
    `Lookup`. `bare` leaves the label to what stands around it.
    """

    library = _inline
    tag = "InlineEdit"
    property: rx.Var[Any]
    version: rx.Var[int]
    answer: rx.Var[EditAnswer]
    options: rx.Var[list[Any]]
    found: rx.Var[Any]
    bare: rx.Var[bool]
    on_save: rx.EventHandler[passthrough_event_spec(str, str, int)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


class PartList(rx.Component):
    """E-mails, phones or addresses of a record, edited one at a time."""

    library = _parts
    tag = "PartList"
    parts: rx.Var[Any]
    answer: rx.Var[EditAnswer]
    found: rx.Var[Any]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]
    on_save: rx.EventHandler[passthrough_event_spec(str, int, dict[str, str])]
    on_remove: rx.EventHandler[passthrough_event_spec(str, int)]
    on_primary: rx.EventHandler[passthrough_event_spec(str, int)]


class Tags(rx.Component):
    """The tags of a record."""

    library = _parts
    tag = "Tags"
    tags: rx.Var[list[Any]]
    found: rx.Var[list[Any]]
    answer: rx.Var[EditAnswer]
    editable: rx.Var[bool]
    on_add: rx.EventHandler[passthrough_event_spec(str)]
    on_remove: rx.EventHandler[passthrough_event_spec(int)]
    on_search: rx.EventHandler[passthrough_event_spec(str, str)]


class PlainForm(rx.Component):
    """A form in the page; on_submit receives the fields as text by name. `again` and `about` as for `reopening`."""

    library = _inputs
    tag = "PlainForm"
    again: rx.Var[str]
    about: rx.Var[list[Any]]
    on_again: rx.EventHandler[passthrough_event_spec(list[Any])]
    on_submit: rx.EventHandler[passthrough_event_spec(dict[str, str])]


class Held(rx.Component):
    """What the state keeps for a form beside its fields; on_restore(text) when a lost form had something else."""

    library = _inputs
    tag = "Held"
    name: rx.Var[str]
    value: rx.Var[str]
    on_restore: rx.EventHandler[passthrough_event_spec(str)]


url_text, url_select, url_segments = UrlText.create, UrlSelect.create, UrlSegments.create
url_day, url_tabs, held, breaks = UrlDay.create, UrlTabs.create, Held.create, Breaks.create
part_list, tag_list, word_input = PartList.create, Tags.create, WordInput.create
panes, lookup, inline_edit, plain_form = Panes.create, Lookup.create, InlineEdit.create, PlainForm.create


def helped(control: rx.Component, label: Any, meaning: Any) -> rx.Component:
    """A labelled field with its help in the corner."""
    return rx.el.div(control, Helps.create(label=label, help=meaning, apart=True), class_name="helped")
