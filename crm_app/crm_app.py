"""Builds the app: its pages, the gate around it, the check in front of every event."""

import reflex as rx

from crm_app.core.config import settings
from crm_app.core.garbage import settle, share_arenas
from crm_app.core.logs import set_up_logs
from crm_app.core.running import ending
from crm_app.http import attention, live, live_sessions
from crm_app.http.authz import Authz, check_handlers
from crm_app.http.failure import Failure, on_failure
from crm_app.http.gate import Gate
from crm_app.http.redact import install_redaction
from crm_app.http.site import site
from crm_app.jobs.crew import embedded
from crm_app.pages import PAGES, Here
from crm_app.records.list_screen.state import ListViews
from crm_app.ui import theme
from crm_app.wire import wire

share_arenas()
set_up_logs()
install_redaction()
wire()
app = rx.App(
    backend_exception_handler=on_failure,
    stylesheets=theme.STYLESHEETS,
    head_components=[rx.el.script(src="/session.js"), *theme.head()],
    api_transformer=[site(), Gate],
    enable_state=True,
)
for page in PAGES:
    loads = [Failure.begin, *page.on_load, ListViews.load, Here.arrive, Failure.end]
    app.add_page(page.component, route=page.route, title=page.title, on_load=loads)
app._middlewares.insert(0, Authz())
app.register_lifespan_task(settle)
app.register_lifespan_task(ending)  # before the crew, so that it waits until that has ended
app.register_lifespan_task(live_sessions.watch)
app.register_lifespan_task(live.fanout)
app.register_lifespan_task(attention.attend)
if settings().worker == "embedded":
    app.register_lifespan_task(embedded)
check_handlers()
