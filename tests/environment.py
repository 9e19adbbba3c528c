"""The environment of a test run, set before Django reads its settings (`-p tests.environment` in pyproject.toml)."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def prepare() -> None:
    """Own keys and folder below var/, inherited by the run's workers; a Redis prefix of each worker's own."""
    if "TANDEM_TEST_RUN" in os.environ:
        os.environ["REDIS_PREFIX"] = f"tandem-test-{os.environ['TANDEM_TEST_RUN']}-{os.getpid()}"
        return
    run = os.environ["TANDEM_TEST_RUN"] = secrets.token_hex(4)
    (ROOT / "var").mkdir(exist_ok=True)
    folder = tempfile.mkdtemp(prefix="test-", dir=ROOT / "var")
    (Path(folder) / "static").mkdir()
    (ROOT / "var" / "fonts-of-tests").mkdir(exist_ok=True)
    (Path(folder) / "fonts").symlink_to(ROOT / "var" / "fonts-of-tests")  # cut once, not in every run
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {
        "TANDEM_VAR": folder,
        "LOCAL": "1",
        "DEBUG": "0",
        "STATIC_HASHED": "0",
        "PORT": "8000",
        "PUBLIC_URL": "http://testserver",
        "SECRET_KEY": secrets.token_hex(32),
        "FIELD_KEYS": f"test:{secrets.token_hex(32)}",
        "SIGNING_KEYS": f"test:{secrets.token_hex(32)}",
        "LEDGER_KEYS": f"test:{secrets.token_hex(32)}",
        "REDIS_PREFIX": f"tandem-test-{run}",
        # lets tests see and hold up what a service worker asks for
        "PW_EXPERIMENTAL_SERVICE_WORKER_NETWORK_EVENTS": "1",
    }


prepare()
