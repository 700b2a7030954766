"""Every setting of the product: one typed object, from the environment or `umschlag.toml`.

The environment wins over the file. `docs/reference/settings.md` is written from this module.
"""

import os
import re
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from umschlag.kernel.errors import Misconfigured

ENVIRONMENT_PREFIX = "UMSCHLAG_"


def _time_of_day(told: str) -> str:
    if not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", told):
        raise ValueError(f"{told!r} is no time of day; write it as 02:10")
    return told


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
"""Hours and minutes as in 02:10, in the merchant's zone."""


class Settings(BaseSettings):
    """What an administrator can set. Units stand in the names."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        extra="forbid",
        frozen=True,
        # The raw value of a bad secret must not reach a log.
        hide_input_in_errors=True,
    )

    mode: str = Field(
        default="demo",
        pattern="^(demo|production)$",
        description="`demo` talks to the simulators on loopback and makes its own secrets; "
        "`production` demands them.",
    )
    var_dir: Path = Field(
        default=Path("var"), description="Where records, lake, backups and logs of work are kept."
    )
    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="Records: `sqlite:///…`, `postgres://…` or `mysql://…`. "
        "Empty: SQLite in `var_dir`.",
    )
    lake_files: str = Field(
        default="",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/[^\s?#]*)?)?$",
        description="Where the lake's files are kept: `s3://bucket/prefix` for S3-compatible "
        "storage. Empty: `lake` in `var_dir`.",
    )
    lake_s3_endpoint: str = Field(
        default="",
        pattern=r"^(https?://[^\s/@]+/?)?$",
        description="Address of the S3-compatible storage, as https://s3.example.com. "
        "Empty: Amazon's own for the region.",
    )
    lake_s3_region: str = Field(default="", description="Its region, as eu-central-1.")
    lake_s3_key_id: SecretStr = Field(
        default=SecretStr(""),
        description="Id of its access key. Empty: found as Amazon's tools find it.",
    )
    lake_s3_secret: SecretStr = Field(default=SecretStr(""), description="Secret of that key.")
    lake_copies_gb: int = Field(
        default=20,
        ge=1,
        le=100_000,
        description="Room in `var_dir` for copies of the files that lie in object storage.",
    )
    lake_url: SecretStr = Field(
        default=SecretStr(""),
        description="What answers the questions to the lake: `postgresql://…` keeps a mirror there "
        "and asks it, `spark://host:7077` a cluster, `spark://local[2]` a cluster inside the "
        "process. Empty: DuckDB in the process.",
    )
    lake_month_versions_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="How long former versions of imported months (orders, receipts, Sellerboard) "
        "are kept. Former versions of a day's stock are kept for good.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Signs sessions. At least 50 random characters; made once in demo mode.",
    )
    encryption_key: SecretStr = Field(
        default=SecretStr(""),
        description="Encrypts stored credentials (Fernet, 32 bytes in URL-safe base 64); "
        "made once in demo mode.",
    )
    allowed_hosts: list[str] = Field(
        default=["localhost", "127.0.0.1", "[::1]"],
        description="Host names under which the back office may be called (JSON list).",
    )
    web_port: int = Field(default=8003, ge=1, le=65535, description="Port of the back office.")
    web_bind: str = Field(default="127.0.0.1", description="Address the back office listens on.")
    web_workers: int = Field(default=2, ge=1, le=64, description="Processes of the back office.")
    simulators_port: int = Field(
        default=8013, ge=1, le=65535, description="Port of the simulators on loopback."
    )
    language: str = Field(
        default="en", pattern="^(en|de)$", description="Language of reports and e-mail: en or de."
    )
    merchant_zone: str = Field(
        default="Europe/Berlin", description="Time zone that decides which day a sale belongs to."
    )
    currency: str = Field(
        default="EUR", pattern="^[A-Z]{3}$", description="The merchant's system currency."
    )
    sales_vat_percent: Decimal = Field(
        default=Decimal("19.0"),
        ge=0,
        le=100,
        description="VAT contained in the sales prices; 0 where they are net.",
    )

    plentymarkets_url: str = Field(
        default="", description="Address of the Plentymarkets system, without /rest."
    )
    plentymarkets_recording: str = Field(
        default="",
        description="Folder of a recording (`umschlag record-plentymarkets`) that answers in place "
        "of the system; nothing is written then. Empty: the real system.",
    )
    plentymarkets_day_budget_reserve_percent: int = Field(
        default=10, ge=0, le=90, description="Share of the day's calls left to other programs."
    )
    plentymarkets_may_write: bool = Field(
        default=False,
        description="Whether stock corrections and prices may be written to Plentymarkets. Off, "
        "only dry runs are made; the demo always writes to its own simulator.",
    )
    snapshot_vanished_percent_max: float = Field(
        default=5.0,
        ge=0,
        le=100,
        description="A snapshot in which a larger share of the articles vanished is refused.",
    )
    backfill_days: int = Field(
        default=400, ge=0, le=4000, description="How far back stock is rebuilt from movements."
    )
    sellerboard_report_url: SecretStr = Field(
        default=SecretStr(""),
        description="Link of the Sellerboard report 'Dashboard by product'. It is a credential.",
    )
    sellerboard_currency: str = Field(
        default="EUR", pattern="^[A-Z]{3}$", description="Currency of the Sellerboard account."
    )
    sellerboard_decimal_mark: str = Field(
        default="",
        pattern="^[.,]?$",
        description="Decimal mark of its reports: `.` or `,`. Empty: told from each file.",
    )
    sellerboard_date_order: str = Field(
        default="",
        pattern="^(dmy|mdy|)$",
        description="Order in its dates: `dmy` or `mdy`. Empty: told from each file.",
    )
    buying_sheet_id: str = Field(default="", description="Id of the Google Sheets buying portal.")
    buying_sheet_range: str = Field(
        default="Buying!A1:Z", description="Range of the buying portal, header row first."
    )
    google_key_file: Path | None = Field(
        default=None, description="JSON key of the Google service account the sheet is shared with."
    )
    google_sheets_url: str = Field(
        default="https://sheets.googleapis.com", description="Address of the Sheets API."
    )
    autofba_url: str = Field(default="", description="Address of the AutoFBA panel's adapter.")
    autofba_token: SecretStr = Field(default=SecretStr(""), description="Its bearer token.")
    ungating_url: str = Field(default="", description="Address of the ungating software.")
    ungating_token: SecretStr = Field(default=SecretStr(""), description="Its bearer token.")
    language_model_url: str = Field(
        default="", description="Base address of an OpenAI-compatible model, ending in /v1."
    )
    language_model_name: str = Field(default="demo-writer", description="Model to ask.")
    language_model_key: SecretStr = Field(default=SecretStr(""), description="Its API key.")

    agency_name: str = Field(
        default="", description="Who you are, at the head of statements for clients."
    )
    smtp_host: str = Field(default="", description="Mail server. Empty: no e-mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    smtp_user: str = Field(default="", description="Its user, where it asks for one.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Its password.")
    smtp_starttls: bool = Field(default=True, description="Encrypt the connection to it.")
    notify_from: str = Field(
        default="umschlag@localhost", description="Sender of notification e-mail."
    )
    notify_to: list[str] = Field(
        default=["allocation@profitzon.net"],
        description="Receivers of notification e-mail (JSON list).",
    )

    snapshot_at: TimeOfDay = Field(
        default="02:10",
        description="Daily snapshot, in merchant_zone. Before noon it is the stock that its day "
        "begins with, from noon on what the day has left.",
    )
    backup_at: TimeOfDay = Field(default="03:40", description="Daily backup, in merchant_zone.")
    sync_every_minutes: int = Field(
        default=30, ge=1, le=1440, description="How often sheet, panel and ungating are read."
    )
    backups_kept: int = Field(default=14, ge=1, le=3650, description="How many backups are kept.")

    penner_days_sold_threshold: int = Field(
        default=90, ge=1, le=3650, description="First rule made: days without a sale."
    )
    forecast_horizon_days: int = Field(
        default=28, ge=1, le=365, description="Horizon of the demand forecast."
    )
    forecast_partitions: int = Field(
        default=0,
        ge=0,
        le=10_000,
        description="Into how many partitions the articles are cut to be forecast in the Spark "
        "cluster that `UMSCHLAG_LAKE_URL` names. 0: on this machine.",
    )
    service_level_percent: int = Field(
        default=95,
        ge=50,
        le=99,
        description="Share of cases in which stock shall suffice, where one level holds for all.",
    )
    service_level_by: str = Field(
        default="class",
        pattern="^(one|class|money)$",
        description="What chooses an article's service level: `one` level for all, its ABC `class`,"
        " or `money`: what a missing unit loses against what one too many costs.",
    )
    service_level_percent_a: int = Field(
        default=97, ge=50, le=99, description="Service level of class A articles."
    )
    service_level_percent_b: int = Field(
        default=95, ge=50, le=99, description="Service level of class B articles."
    )
    service_level_percent_c: int = Field(
        default=90, ge=50, le=99, description="Service level of class C articles."
    )
    holding_cost_percent_per_year: float = Field(
        default=20.0,
        ge=0,
        le=200,
        description="What a year in stock costs (capital, room, insurance), in percent of the "
        "unit's cost.",
    )
    lead_time_days_default: int = Field(
        default=14, ge=0, le=365, description="Lead time where the supplier's is unknown."
    )
    client_balance_floor_minor: int = Field(
        default=0, description="Balance in minor units that an allocation must leave a client."
    )
    asin_stores_max: int = Field(
        default=3, ge=1, le=1000, description="At most so many stores of a marketplace per ASIN."
    )
    allocation_policy: str = Field(
        default="proportional",
        pattern="^(priority|proportional|max_min)$",
        description="How clients share what is scarce: by `priority`, each the same share of its "
        "balance (`proportional`), or whoever was given least of its means in 90 days first "
        "(`max_min`).",
    )
    allocation_cover_days: int = Field(
        default=90,
        ge=0,
        le=730,
        description="A store is given at most what the merchant sells of an ASIN in so many days. "
        "0: whatever its caps allow.",
    )
    allocation_seconds_max: int = Field(
        default=300, ge=1, le=3600, description="After so long a plan is as good as it is by then."
    )
    pallet_freight_minor: int = Field(
        default=9500, ge=0, description="Freight of one pallet in minor units of `currency`."
    )
    truckload_pallets: int = Field(
        default=26, ge=1, le=100, description="Pallets that fill a truck."
    )

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the signature is pydantic's
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the arguments, then the environment, then `umschlag.toml`."""
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(
            settings_cls, toml_file=Path(os.environ.get("UMSCHLAG_CONFIG", "umschlag.toml"))
        )
        return init_settings, env_settings, toml

    @model_validator(mode="after")
    def _zone_exists(self) -> Self:
        try:
            ZoneInfo(self.merchant_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"merchant_zone {self.merchant_zone!r} is no time zone; write it as Europe/Berlin"
            ) from None
        return self

    @model_validator(mode="after")
    def _production_has_secrets(self) -> Self:
        if self.mode != "production":
            return self
        missing = [
            name
            for name in ("secret_key", "encryption_key")
            if not getattr(self, name).get_secret_value()
        ]
        if missing:
            raise ValueError(
                "production needs "
                + " and ".join(ENVIRONMENT_PREFIX + name.upper() for name in missing)
                + "; `umschlag doctor --make-secrets` prints fresh ones"
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The merchant's time zone."""
        return ZoneInfo(self.merchant_zone)

    @property
    def records_url(self) -> str:
        """The records' address, with the default filled in."""
        return self.database_url or f"sqlite:///{(self.var_dir / 'records.sqlite3').absolute()}"

    @property
    def lake_dir(self) -> Path:
        """Where the lake's files are."""
        return self.var_dir.absolute() / "lake"

    @property
    def simulators_url(self) -> str:
        """Where the simulators listen."""
        return f"http://127.0.0.1:{self.simulators_port}"


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Return the settings, read once.

    Raises:
        Misconfigured: one is missing or wrong; the message names it and the cure.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured(_cure(error)) from None
    except SettingsError as error:
        # A list that is no JSON; pydantic's message names the field and not the value.
        raise Misconfigured(f'{error}: write a list as JSON, as in ["a", "b"]') from None


def _cure(error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        name = "".join(str(part) for part in problem["loc"][:1])
        variable = name if name.isupper() else ENVIRONMENT_PREFIX + name.upper()
        what = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{variable}: {what}" if name else what)
    return (
        "; ".join(lines)
        + ". Set it in the environment or in umschlag.toml; docs/reference/settings.md lists all."
    )
