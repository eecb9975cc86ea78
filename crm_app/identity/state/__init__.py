"""The states of the identity screens."""

from .profile import Profile
from .teams import TeamTree
from .users import UserList
from .viewer import Viewer

__all__ = ["Profile", "TeamTree", "UserList", "Viewer"]
