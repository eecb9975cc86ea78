"""The page of the lifecycle's conditions: each state in order, and the dialog that changes one."""

import reflex as rx

from crm_app.lifecycle.editor import Choice, StateRow
from crm_app.lifecycle.state import LifecycleEditor
from crm_app.ui.elements import button, empty, head, skeleton_rows
from crm_app.ui.field import text_field
from crm_app.ui.overlay import dialog


def _check(prefix: str, one: rx.vars.ObjectVar[Choice]) -> rx.Component:
    box = rx.el.input(type="checkbox", name=prefix + one.name.to(str), default_checked=one.on)
    return rx.el.label(box, rx.el.span(one.label), class_name="checkline", key=one.name)


def _state(row: rx.vars.ObjectVar[StateRow]) -> rx.Component:
    edit = rx.el.button(
        "Edit",
        type="button",
        class_name="btn quiet",
        on_click=LifecycleEditor.start_edit(row.id),
        custom_attrs={"aria-label": "Edit " + row.name.to(str)},
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(row.name, class_name="strong"), rx.el.span(row.people, class_name="mut"), class_name="row wrap"
        ),
        rx.el.div(row.remark, class_name="mut grow"),
        rx.cond(LifecycleEditor.editable, edit, rx.fragment()),
        key=row.id,
    )


def _dialog() -> rx.Component:
    row, errors = LifecycleEditor.edited, LifecycleEditor.errors
    back = rx.el.input(type="checkbox", name="back_reason", default_checked=row.back_reason)
    return dialog(
        text_field("Name", "name", row.name, errors["name"], required=True, max_length=60),
        rx.el.fieldset(
            rx.el.legend("What a person needs to enter", class_name="lab"),
            rx.foreach(row.conditions, lambda one: _check("condition.", one)),
            class_name="checks columns",
        ),
        rx.el.span(errors["conditions"], class_name="err", role="alert"),
        rx.el.fieldset(
            rx.el.legend("Who may move somebody here", class_name="lab"),
            rx.foreach(row.movers, lambda one: _check("mover.", one)),
            rx.el.p("None chosen: everybody who may edit the person. An administrator always may.", class_name="mut"),
            class_name="checks",
        ),
        rx.el.label(back, rx.el.span("Going back to here needs a reason"), class_name="checkline"),
        open=LifecycleEditor.editing,
        title="Conditions of a state",
        submit="Save",
        wide=True,
        on_submit=LifecycleEditor.save,
        on_close=LifecycleEditor.close,
        again=LifecycleEditor.start_edit,
        about=(row.id.to(int),),
    )


def lifecycle_screen() -> rx.Component:
    """The page of the lifecycle."""
    begin = rx.cond(
        LifecycleEditor.editable,
        button("Begin with the usual conditions", kind="pri", on_click=LifecycleEditor.begin),
        rx.fragment(),
    )
    title = head(
        "Lifecycle",
        "From a name to a contact. What a state asks holds for every way in which a person is changed.",
        rx.cond(
            LifecycleEditor.editable & (LifecycleEditor.rows.length() > 0),
            button("Ask for nothing", kind="quiet", on_click=LifecycleEditor.remove_all),
            rx.fragment(),
        ),
    )
    nothing = empty(
        "Nothing is asked yet",
        "Everybody who may edit a person moves them freely. Set conditions, and the system holds everyone to them.",
        begin,
        picture="process",
    )
    rows = rx.cond(
        LifecycleEditor.rows.length() > 0,
        rx.el.section(
            rx.el.ol(rx.foreach(LifecycleEditor.rows, _state), class_name="states"),
            class_name="box",
            custom_attrs={"aria-label": "States"},
        ),
        nothing,
    )
    body = rx.cond(LifecycleEditor.loaded, rx.fragment(rows), skeleton_rows(5, "48px"))
    return rx.el.div(rx.el.div(title, body, class_name="wide"), _dialog(), class_name="page")
