"""The conditions of the lifecycle."""

import reflex as rx

from crm_app.identity.state import Viewer
from crm_app.lifecycle.state import LifecycleEditor
from crm_app.lifecycle.views import lifecycle_screen
from crm_app.pages.feed import ProcessFeed
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import LIFECYCLE
from crm_app.ui.live import live


def lifecycle_page() -> rx.Component:
    """The screen in its frame; what another administrator changes appears."""
    body = rx.fragment(lifecycle_screen(), live(push=ProcessFeed.push, on_change=[LifecycleEditor.load]))
    return framed(body, title="Lifecycle", current=LIFECYCLE.path, after_undo=LifecycleEditor.load)


PAGE = Page(
    LIFECYCLE.path,
    "Lifecycle · Kith",
    lifecycle_page,
    (Viewer.load, ProcessFeed.follow, LifecycleEditor.load),
)
