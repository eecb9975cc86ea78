"""`kith demo --people …`: a company of any size around the demo, the same for the same seed and day."""

from crm_app.demo.scale.grow import Grown, Sizes, grow, is_grown, is_half_grown

__all__ = ["Grown", "Sizes", "grow", "is_grown", "is_half_grown"]
