"""The pipelines."""

import reflex as rx

from crm_app.deals.state import PipelineEditor, StageMerge
from crm_app.deals.views import pipelines_screen
from crm_app.identity.state import Viewer
from crm_app.pages.feed import ProcessFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import PIPELINES
from crm_app.ui.live import live


def pipelines_page() -> rx.Component:
    """The screen in its frame; what another administrator changes appears."""
    body = rx.fragment(pipelines_screen(), live(push=ProcessFeed.push, on_change=[PipelineEditor.load]))
    return framed(body, title="Pipelines", current=PIPELINES.path, after_undo=PipelineEditor.load)


PAGE = Page(
    PIPELINES.path,
    "Pipelines · Kith",
    pipelines_page,
    (Viewer.load, ProcessFeed.follow, PipelineEditor.load, StageMerge.resume),
)
