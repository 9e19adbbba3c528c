"""Starting: a used port, keys of this machine, settings that are wrong; each says one plain sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "k1:" + "0" * 32


def launch(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """launch.py as make calls it, with a folder of its own for what it writes."""
    environment = {**os.environ, "TANDEM_VAR": str(folder)}
    return subprocess.run(
        [sys.executable, "lms/launch.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def start(folder: Path, **changed: str) -> str:
    """What Django says when it starts on production settings with one changed; "" when it starts."""
    environment = {
        "PATH": os.environ["PATH"],
        "TANDEM_VAR": str(folder),
        "SECRET_KEY": "s" * 50,
        "FIELD_KEYS": KEY,
        "SIGNING_KEYS": KEY,
        "LEDGER_KEYS": KEY,
        "PUBLIC_URL": "https://tandem.example.org",
        **changed,
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def test_a_used_port_is_said_before_anything_is_touched(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = launch("run", str(port), folder=folder)

    assert (done.returncode, folder.exists()) == (1, False)
    assert done.stderr.strip() == f"tandem: Port {port} is in use. Try: make run PORT={port + 1}"


@pytest.mark.parametrize("port", ["web", "0", "99999"])
def test_a_port_that_is_none_is_said(tmp_path: Path, port: str) -> None:
    done = launch("run", port, folder=tmp_path)

    assert (done.returncode, done.stderr.strip()) == (1, f"tandem: {port} is not a port. Try: make run PORT=8001")


def test_an_unknown_word_is_said(tmp_path: Path) -> None:
    assert "dance is not something" in launch("dance", folder=tmp_path).stderr


def test_make_passes_the_port_on(tmp_path: Path) -> None:
    done = subprocess.run(["make", "run", "PORT=web"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode != 0
    assert "tandem: web is not a port." in done.stderr


def test_production_settings_start(tmp_path: Path) -> None:
    assert start(tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set."),
        ("FIELD_KEYS", "abc", "FIELD_KEYS must look like 2026a:<32 or more characters>, each id once."),
        ("LEDGER_KEYS", f"{KEY},{KEY}", "LEDGER_KEYS must look like"),
        ("LOCAL", "yes", "LOCAL must be 0 or 1, not 'yes'."),
        ("PUBLIC_URL", "tandem.example.org", "PUBLIC_URL is not set or not an address."),
        ("PUBLIC_URL", "http://tandem.example.org", "PUBLIC_URL must begin with https://"),
        ("DATABASE_URL", "mysql://u@127.0.0.1/x", "DATABASE_URL must name a PostgreSQL database"),
        ("SMS_URL", "https://gateway.example/send?to={to}", "SMS_URL must look like"),
        ("SMS_URL", "http://gateway.example/?to={to}&text={text}", "SMS_URL must begin with https://"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    assert sentence in start(tmp_path, **{name: value})


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, 'lms'); import launch; launch.write_env()"
    environment = {**os.environ, "TANDEM_VAR": str(tmp_path)}

    for _ in range(2):
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True)
        first = (tmp_path / "env").read_text()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)

    assert (tmp_path / "env").read_text() == first
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0
    assert [line.split("=")[0] for line in first.splitlines()] == [
        "LOCAL",
        "SECRET_KEY",
        "FIELD_KEYS",
        "SIGNING_KEYS",
        "LEDGER_KEYS",
    ]
