"""The components of the identity screens."""

from .profile import profile_screen
from .rights import rights_screen
from .teams import teams_screen
from .users import users_screen

__all__ = ["profile_screen", "rights_screen", "teams_screen", "users_screen"]
