"""Settings from the environment (`KITH_*`), checked once at start."""

import sys
from functools import cache, cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

URL_SCHEMES = {
    "database_url": ("sqlite", "postgresql+psycopg", "postgresql"),
    "redis_url": ("redis", "rediss", "unix"),
    "search_url": ("http", "https"),
    "base_url": ("http", "https"),
    "smtp_url": ("smtp", "smtps"),
}


class Settings(BaseSettings):
    """Every setting of an installation, with its default."""

    model_config = SettingsConfigDict(env_prefix="KITH_", env_ignore_empty=True)

    data_dir: Path = Field(Path("data"), description="Folder of the database, files and backups.")
    database_url: str | None = Field(None, description="SQLAlchemy URL; default: SQLite in the data folder.")
    base_url: str = Field("http://localhost:8000", description="The one address under which people open Kith.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on.")
    redis_url: str | None = Field(None, description="Redis, needed for more than one web process.")
    search_url: str | None = Field(None, description="Meilisearch; default: the embedded engine.")
    search_key: SecretStr | None = Field(None, description="Key for Meilisearch.")
    smtp_url: SecretStr | None = Field(
        None, description="Server for outgoing mail, smtp:// or smtps://; checked at start, but Kith sends no mail yet."
    )
    worker: Literal["embedded", "external"] = Field("embedded", description="Where the worker runs.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    zone: str = Field("UTC", description="Time zone of the organisation, for days and periods.")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$", description="Default currency, ISO 4217.")
    locale: str = Field("en", description="Default locale for numbers and dates.")
    session_idle_minutes: int = Field(720, ge=1, description="Sign-in ends after so long without use.")
    session_absolute_days: int = Field(30, ge=1, description="Sign-in ends after so long in any case.")
    upload_mb: int = Field(25, ge=1, description="Largest uploaded file.")
    import_mb: int = Field(100, ge=1, description="Largest file on the import page.")

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone such as Europe/Berlin") from None
        return value

    @field_validator("database_url", "redis_url", "search_url", "base_url", "smtp_url")
    @classmethod
    def _known_scheme(cls, value: str | SecretStr | None, info) -> str | SecretStr | None:
        if value is None:
            return None
        raw = value.get_secret_value() if isinstance(value, SecretStr) else value
        allowed = URL_SCHEMES[info.field_name]
        if urlsplit(raw).scheme not in allowed:
            raise ValueError(f"must begin with {' or '.join(s + '://' for s in allowed)}")
        if info.field_name == "database_url" and raw.startswith("postgresql://"):
            return raw.replace("postgresql://", "postgresql+psycopg://", 1)
        return raw.rstrip("/") if info.field_name == "base_url" else value

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'kith.db'}"

    @cached_property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")


@cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError on a wrong value."""
    return Settings()  # pyright: ignore[reportCallIssue]


def load_or_exit() -> Settings:
    """Settings, or one clear line on stderr and exit code 2."""
    try:
        return settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "KITH_" + "_".join(str(part) for part in first["loc"]).upper()
        print(f"kith: {name}: {first['msg'].removeprefix('Value error, ')}", file=sys.stderr)
        sys.exit(2)
