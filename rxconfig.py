"""What Reflex is told; everything else is a setting of Kith (KITH_*)."""

import os

import reflex as rx
from reflex_base.constants import StateManagerMode

from crm_app.core.config import settings

chosen = settings()
config = rx.Config(
    app_name="crm_app",
    api_url=os.environ.get("KITH_DEV_API", "http://localhost:8000"),  # baked in, then replaced (build.py)
    deploy_url=None,
    cors_allowed_origins=(chosen.base_url, *filter(None, [os.environ.get("KITH_DEV_ORIGIN")])),
    redis_url=chosen.redis_url,
    state_manager_mode=StateManagerMode.REDIS if chosen.redis_url else StateManagerMode.MEMORY,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["gzip"],
    plugins=[],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
