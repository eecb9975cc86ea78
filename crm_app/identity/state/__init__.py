"""The states of the identity screens."""

from .password import OwnPassword
from .profile import Profile
from .rights import UserRights
from .teams import TeamTree
from .users import UserList
from .viewer import Viewer

__all__ = ["OwnPassword", "Profile", "TeamTree", "UserList", "UserRights", "Viewer"]
