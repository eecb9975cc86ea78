"""A token bucket: so many a second, and a burst."""

from dataclasses import dataclass, field
from time import monotonic

RATE = 20.0
BURST = 60.0


@dataclass
class Bucket:
    """Holds at most `burst`, refills with `rate` a second."""

    rate: float = RATE
    burst: float = BURST
    level: float = field(default=-1.0)
    at: float = field(default_factory=monotonic)

    def take(self, now: float | None = None) -> bool:
        """Take one; False if there is none."""
        now = monotonic() if now is None else now
        level = self.burst if self.level < 0 else min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        if level < 1:
            self.level = level
            return False
        self.level = level - 1
        return True

    def is_full(self, now: float | None = None) -> bool:
        """Nothing was taken lately: a new bucket would be the same."""
        now = monotonic() if now is None else now
        return self.level + (now - self.at) * self.rate >= self.burst
