from cryptography.fernet import Fernet

from umschlag.wiring.secrets import make_secrets, resolve_secrets


def test_the_demo_keeps_the_secrets_it_made(settings_in):
    settings = settings_in()

    first = resolve_secrets(settings)

    assert resolve_secrets(settings) == first
    assert (settings.var_dir / "secret_key").stat().st_mode & 0o077 == 0


def test_set_secrets_win(settings_in):
    fresh = make_secrets()
    settings = settings_in(secret_key=fresh.secret_key, encryption_key=fresh.encryption_key)

    assert resolve_secrets(settings) == fresh
    assert not (settings.var_dir / "secret_key").exists()


def test_made_secrets_differ_and_encrypt():
    one, other = make_secrets(), make_secrets()

    assert one.secret_key != other.secret_key
    assert Fernet(one.encryption_key).decrypt(Fernet(one.encryption_key).encrypt(b"x")) == b"x"
