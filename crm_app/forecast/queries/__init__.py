"""What the forecast shows, read for one viewer; `find_forecast` is the whole of it in plain values."""

from crm_app.forecast.queries.deals import CountedDeal, DealLine, DealPage, every_deal, list_deals, list_moved
from crm_app.forecast.queries.grid import Cell, Grid, GridRow, target_grid
from crm_app.forecast.queries.page import Forecast, Line, find_forecast
from crm_app.forecast.queries.whose import Asked, Whose, whose

__all__ = [
    "Asked",
    "Cell",
    "CountedDeal",
    "DealLine",
    "DealPage",
    "Forecast",
    "Grid",
    "GridRow",
    "Line",
    "Whose",
    "every_deal",
    "find_forecast",
    "list_deals",
    "list_moved",
    "target_grid",
    "whose",
]
