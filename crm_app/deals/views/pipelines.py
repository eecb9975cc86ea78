"""The page of pipelines: each with its stages in order, and the dialogs that change them."""

import reflex as rx

from crm_app.deals.editor.queries import Condition, Mover, PipelineRow
from crm_app.deals.state import PipelineEditor, StageEditor, StageMerge
from crm_app.ui.elements import banner, button, empty, grouped, head, meter, skeleton_rows, tag
from crm_app.ui.field import choice, field, fixed_choice, text_field
from crm_app.ui.icons import icon
from crm_app.ui.overlay import dialog, menu, menu_item
from crm_app.ui.stages import COLORS, stage_list

KINDS = [("open", "Open"), ("won", "Won"), ("lost", "Lost")]


def _check(name: str | rx.Var[str], label: str | rx.Var[str], on: rx.Var[bool] | bool) -> rx.Component:
    box = rx.el.input(type="checkbox", name=name, default_checked=on)
    return rx.el.label(box, rx.el.span(label), class_name="checkline")


def _rules(row: rx.vars.ObjectVar[PipelineRow]) -> rx.Component:
    return rx.el.span(
        rx.cond(row.team != "", tag(row.team.to(str) + " only", "a"), rx.fragment()),
        rx.cond(row.allow_skip, rx.fragment(), tag("No skipping")),
        rx.cond(row.allow_back, rx.fragment(), tag("No going back")),
        class_name="row wrap",
    )


def _actions(row: rx.vars.ObjectVar[PipelineRow]) -> rx.Component:
    return rx.el.div(
        button("Add a stage", kind="quiet", picture="plus", on_click=StageEditor.start_new(row.id)),
        menu(
            "Actions of " + row.name.to(str),
            icon("more"),
            menu_item("Edit pipeline", "deals", on_click=PipelineEditor.start_edit(row.id)),
            menu_item("Move up", "left", on_click=PipelineEditor.order(row.id, -1)),
            menu_item("Move down", "right", on_click=PipelineEditor.order(row.id, 1)),
            menu_item("Delete pipeline", "trash", on_click=PipelineEditor.remove(row.id)),
            class_name="btn quiet icononly",
        ),
        class_name="row end",
    )


def _pipeline(row: rx.vars.ObjectVar[PipelineRow]) -> rx.Component:
    return rx.el.section(
        rx.el.header(
            rx.el.h3(row.name, class_name="strong"),
            rx.el.span(row.count, class_name="mut"),
            _rules(row),
            rx.cond(PipelineEditor.editable, _actions(row), rx.fragment()),
        ),
        stage_list(
            stages=row.stages,
            editable=PipelineEditor.editable,
            on_order=PipelineEditor.order_stage,
            on_edit=StageEditor.start_edit,
            on_merge=StageMerge.start,
            on_remove=PipelineEditor.remove_stage,
        ),
        class_name="box pipeline",
        custom_attrs={"aria-label": row.name},
        key=row.id,
    )


def _pipeline_dialog() -> rx.Component:
    row, errors = PipelineEditor.edited, PipelineEditor.errors
    return dialog(
        text_field("Name", "name", rx.cond(row, row.name, ""), errors["name"], required=True, max_length=80),
        field(
            "Who sees it",
            choice("team_id", PipelineEditor.teams, rx.cond(row, row.team_id, ""), blank="Everybody"),
            errors["team_id"],
            "A team sees it together with the teams below it; administrators see all.",
        ),
        text_field(
            "Currency of its sums",
            "currency",
            rx.cond(row, row.currency, ""),
            errors["currency"],
            "Such as EUR; empty: the organisation's. Other currencies are converted at the rate of the day.",
            max_length=3,
        ),
        rx.el.div(
            _check("allow_skip", "Deals may skip stages", rx.cond(row, row.allow_skip, True)),
            _check("allow_back", "Deals may go back, and be reopened", rx.cond(row, row.allow_back, True)),
            class_name="checks",
        ),
        open=PipelineEditor.editing,
        title=rx.cond(row, "Edit pipeline", "New pipeline"),
        submit="Save",
        on_submit=PipelineEditor.save,
        on_close=PipelineEditor.close,
        again=PipelineEditor.start_edit,
        about=(rx.cond(row, row.id, 0).to(int),),
    )


def _condition(c: rx.vars.ObjectVar[Condition]) -> rx.Component:
    def box(part: str, on: rx.Var[bool], words: str) -> rx.Component:
        name = part + "." + c.name.to(str)
        said = {"aria-label": c.label.to(str) + ": " + words}
        return rx.el.td(rx.el.label(rx.el.input(type="checkbox", name=name, default_checked=on, custom_attrs=said)))

    return rx.el.tr(
        rx.el.th(c.label, scope="row"),
        box("entry", c.entry, "needed to enter"),
        box("exit", c.exit, "needed to leave"),
        key=c.name,
    )


def _conditions() -> rx.Component:
    heads = [rx.el.th("Field", scope="col"), rx.el.th("To enter", scope="col"), rx.el.th("To leave", scope="col")]
    return rx.el.div(
        rx.el.table(
            rx.el.caption("What a deal needs"),
            rx.el.thead(rx.el.tr(*heads)),
            rx.el.tbody(rx.foreach(StageEditor.conditions, _condition)),
            class_name="conditions",
        ),
        rx.el.p(
            "Leaving is asked when a deal moves on, not when it is lost. "
            "Won always needs a value, lost always needs a reason.",
            class_name="mut",
        ),
    )


def _mover(m: rx.vars.ObjectVar[Mover]) -> rx.Component:
    return rx.el.div(_check("mover." + m.name.to(str), m.label, m.on), key=m.name)


def _colours() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Colour", class_name="lab"),
        *[
            rx.el.label(
                rx.el.input(
                    type="radio",
                    name="color",
                    value=name,
                    default_checked=StageEditor.stage.color == name,
                    custom_attrs={"aria-label": name.capitalize()},
                ),
                rx.el.span(class_name=f"swatch {name}"),
                title=name.capitalize(),
            )
            for name in COLORS
        ],
        class_name="swatches",
    )


def _number(label: str, name: str, value: rx.Var[int], help_text: str = "") -> rx.Component:
    return text_field(label, name, value.to(str), StageEditor.errors[name], help_text, input_mode="numeric")


def _room() -> rx.Component:
    """How many deals the stage holds."""
    row = StageEditor.stage
    answers = [("warn", "Warn"), ("refuse", "Refuse the move")]
    chosen = fixed_choice("wip_refuses", answers, rx.cond(row.wip_refuses, "refuse", "warn"))
    return rx.el.div(
        _number("Deals at once", "wip_limit", row.wip_limit, "0: as many as come"),
        field("When there are more", chosen),
        class_name="grid2",
    )


def _stage_dialog() -> rx.Component:
    row, errors = StageEditor.stage, StageEditor.errors
    return dialog(
        text_field("Name", "name", row.name, errors["name"], required=True, max_length=80),
        rx.el.div(
            field("Kind", fixed_choice("kind", KINDS, row.kind), errors["kind"]),
            _number("Probability, %", "probability", row.probability),
            _number("Days until a deal rots", "rot_days", row.rot_days, "0: never"),
            class_name="grid3",
        ),
        _colours(),
        _conditions(),
        rx.el.span(errors["required_fields"], errors["exit_fields"], class_name="err", role="alert"),
        rx.el.fieldset(
            rx.el.legend("Who may move a deal here", class_name="lab"),
            rx.foreach(StageEditor.movers, _mover),
            rx.el.p("None chosen: everybody who may edit the deal. An administrator always may.", class_name="mut"),
            class_name="checks",
        ),
        _room(),
        open=StageEditor.editing,
        title=rx.cond(row.id.to(int) > 0, "Edit stage", "New stage"),
        submit="Save",
        wide=True,
        on_submit=StageEditor.save,
        on_close=StageEditor.close,
        again=StageEditor.start_edit,
        about=(row.id.to(int), row.pipeline_id.to(int)),
    )


def _merge_dialog() -> rx.Component:
    merge = StageMerge.merge
    count = rx.cond(merge.deals == 1, "1 deal moves", grouped(merge.deals) + " deals move")
    return dialog(
        rx.cond(StageMerge.problem != "", banner(StageMerge.problem, "r", "alert"), rx.fragment()),
        rx.el.p(count, " to the other stage, then ", rx.el.b(merge.name), " goes. One Undo takes all of it back."),
        field("Merge into", choice("into", merge.targets, required=True)),
        open=StageMerge.asking,
        title="Merge stage",
        submit="Merge",
        on_submit=StageMerge.confirm,
        on_close=StageMerge.close,
    )


def _progress() -> rx.Component:
    now = StageMerge.progress
    return rx.cond(
        now.running,
        rx.el.div(
            rx.el.span("Merging: ", now.done.to(str), " of ", now.total.to(str), class_name="mut"),
            meter(now.percent, "Merging the stage"),
            class_name="box merging",
            role="status",
        ),
        rx.fragment(),
    )


def pipelines_screen() -> rx.Component:
    """The page of pipelines."""
    new = button("New pipeline", kind="pri", picture="plus", on_click=PipelineEditor.start_new)
    title = head(
        "Pipelines",
        "Each is a way in which deals are won. Its stages say what a deal needs, and who may move it.",
        rx.cond(PipelineEditor.editable, new, rx.fragment()),
    )
    nothing = empty(
        "No pipelines yet",
        "A pipeline has stages from the first talk to won or lost.",
        rx.cond(PipelineEditor.editable, new, rx.fragment()),
        picture="deals",
    )
    rows = rx.cond(PipelineEditor.rows.length() > 0, rx.foreach(PipelineEditor.rows, _pipeline), nothing)
    return rx.el.div(
        rx.el.div(
            title,
            _progress(),
            rx.cond(PipelineEditor.loaded, rx.fragment(rows), skeleton_rows(6, "48px")),
            class_name="wide",
        ),
        _pipeline_dialog(),
        _stage_dialog(),
        _merge_dialog(),
        class_name="page",
    )
