import pytest

from umschlag.kernel.errors import Misconfigured
from umschlag.settings import Settings, load_settings


@pytest.fixture
def fresh_settings(monkeypatch):
    load_settings.cache_clear()
    yield monkeypatch
    load_settings.cache_clear()


def test_production_refuses_to_start_without_secrets(fresh_settings):
    fresh_settings.setenv("UMSCHLAG_MODE", "production")

    with pytest.raises(Misconfigured, match="UMSCHLAG_SECRET_KEY") as refusal:
        load_settings()

    assert "doctor --make-secrets" in str(refusal.value)


def test_a_wrong_zone_is_named_with_its_cure(fresh_settings):
    fresh_settings.setenv("UMSCHLAG_MERCHANT_ZONE", "Berlin/Europe")

    with pytest.raises(Misconfigured, match="Europe/Berlin"):
        load_settings()


@pytest.mark.parametrize("variable", ["UMSCHLAG_SNAPSHOT_AT", "UMSCHLAG_BACKUP_AT"])
@pytest.mark.parametrize("told", ["24:00", "02:60", "2:10", "02:10\n"])
def test_a_time_that_no_clock_shows_is_refused(fresh_settings, variable, told):
    fresh_settings.setenv(variable, told)

    with pytest.raises(Misconfigured, match=rf"{variable}: .* is no time of day"):
        load_settings()


def test_a_wrong_number_names_its_variable(fresh_settings):
    fresh_settings.setenv("UMSCHLAG_WEB_PORT", "eighty")

    with pytest.raises(Misconfigured, match="UMSCHLAG_WEB_PORT"):
        load_settings()


def test_a_bad_value_is_named_and_not_shown(fresh_settings):
    fresh_settings.setenv("UMSCHLAG_NOTIFY_TO", "not-json-but-secret-4711")

    with pytest.raises(Misconfigured, match="notify_to") as failure:
        load_settings()

    assert "4711" not in str(failure.value)


def test_the_environment_wins_over_the_file(fresh_settings, tmp_path):
    file = tmp_path / "umschlag.toml"
    file.write_text('web_port = 9000\nlanguage = "de"\n')
    fresh_settings.setenv("UMSCHLAG_CONFIG", str(file))
    fresh_settings.setenv("UMSCHLAG_WEB_PORT", "9001")

    settings = load_settings()

    assert settings.web_port == 9001
    assert settings.language == "de"


def test_an_unknown_setting_in_the_file_is_refused(fresh_settings, tmp_path):
    file = tmp_path / "umschlag.toml"
    file.write_text("web_prot = 9000\n")
    fresh_settings.setenv("UMSCHLAG_CONFIG", str(file))

    with pytest.raises(Misconfigured, match="WEB_PROT"):
        load_settings()


def test_records_are_sqlite_below_var_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    assert Settings(var_dir=tmp_path).records_url == f"sqlite:///{tmp_path}/records.sqlite3"
    assert Settings(DATABASE_URL="postgres://x/y").records_url == "postgres://x/y"


def test_every_setting_says_what_it_is():
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]

    assert not undescribed
