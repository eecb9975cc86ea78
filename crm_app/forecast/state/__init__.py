"""The states of the forecast's screens."""

from .page import ForecastDeals, ForecastScreen
from .targets import TargetGrid

__all__ = ["ForecastDeals", "ForecastScreen", "TargetGrid"]
