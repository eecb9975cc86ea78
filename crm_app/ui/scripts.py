"""Scripts beside the modules that use them, as the built pages import them."""

import sys
from pathlib import Path

from reflex.assets import AssetPathStr, _link_shared_asset, _versioned_asset_path
from reflex.constants import Dirs
from reflex.environment import EnvironmentVariables


def script(module: str, path: str) -> AssetPathStr:
    """`rx.asset(path, shared=True)` of this module. That looks through every module for each frame of the stack, which
    took seven of the eleven seconds of a start. Raises FileNotFoundError."""
    source = Path(str(sys.modules[module].__file__)).parent / path
    if not source.exists():
        raise FileNotFoundError(source)
    folder = f"{Dirs.EXTERNAL_APP_ASSETS}/{module.replace('.', '/')}"
    if not EnvironmentVariables.REFLEX_BACKEND_ONLY.get():
        here = Path.cwd() / Dirs.APP_ASSETS / folder
        here.mkdir(parents=True, exist_ok=True)
        _link_shared_asset(here / path, source)
    return _versioned_asset_path(f"/{folder}/{path}", source)
