"""The forecast."""

import reflex as rx

from crm_app.forecast.state import ForecastScreen
from crm_app.forecast.views import forecast_screen
from crm_app.identity.state import Viewer
from crm_app.pages.frame import framed
from crm_app.pages.page import Page
from crm_app.pages.places import FORECAST


def forecast_page() -> rx.Component:
    """The screen in its frame."""
    return framed(forecast_screen(), title="Forecast", current=FORECAST.path, after_undo=ForecastScreen.load)


PAGE = Page(FORECAST.path, "Forecast · Kith", forecast_page, (Viewer.load, ForecastScreen.load))
