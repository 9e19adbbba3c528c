"""From an empty machine to a running product, with the standard library only: what `make run` and `make test` call.

    python launch.py run PORT        serve on http://127.0.0.1:PORT
    python launch.py test [ARGS]     install what tests need, run pytest

It stands outside Django because it makes the environment that Django runs in.
"""

import hashlib
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("TANDEM_VAR", ROOT / "var"))
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def say(sentence: str) -> None:
    """One line of progress, at once."""
    print(f"tandem: {sentence}", flush=True)


def stop(sentence: str) -> None:
    """Ends with one sentence and no traceback."""
    sys.exit(f"tandem: {sentence}")


def check_port(text: str) -> int:
    """The port as a number, if it is free on this machine."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        stop(f"{text} is not a port. Try: make run PORT=8001")
    port = int(text)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except PermissionError:
            stop(f"Port {port} needs more rights. Try: make run PORT=8001")
        except OSError:
            stop(f"Port {port} is in use. Try: make run PORT={port + 1 if port < 65535 else 8001}")
    return port


def write_env() -> None:
    """Keys of this machine, made once and never overwritten: with them the data can be read."""
    VAR.mkdir(parents=True, exist_ok=True)
    path = VAR / "env"
    if path.exists():
        return
    say(f"making this machine's own keys in {path} (keep them with the data)")
    lines = ["LOCAL=1", f"SECRET_KEY={secrets.token_urlsafe(50)}"]
    lines += [f"{name}=k1:{secrets.token_hex(32)}" for name in ("FIELD_KEYS", "SIGNING_KEYS", "LEDGER_KEYS")]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")


def install(*requirements: str) -> None:
    """Makes .venv and installs what is listed, unless just that is installed already."""
    wanted = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in ("requirements.txt", *requirements)))
    mark = VENV / f"installed-{'-'.join(name.replace('/', '-') for name in requirements) or 'run'}"
    if mark.exists() and mark.read_text() == wanted.hexdigest():
        return
    if not PYTHON.exists():
        say("making .venv")
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    for name in requirements or ("requirements.txt",):
        say(f"installing {name} (once, a minute or two)")
        done = subprocess.run(
            [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", name], cwd=ROOT
        )
        if done.returncode:
            stop(f"{name} could not be installed. Check the network and run the same command again; nothing is lost.")
    mark.write_text(wanted.hexdigest())


def main() -> None:
    """Picks what to do by the first word."""
    command, *rest = sys.argv[1:] or ["run"]
    if command == "run":
        port = check_port(rest[0] if rest else "8000")
        install()
        write_env()
        os.environ["PORT"] = str(port)
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "manage.py", "serve", str(port)])
    if command == "test":
        install("tests/requirements.txt")
        write_env()
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", "pytest", *rest])
    if command == "do":
        install("tests/requirements.txt")
        write_env()
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *rest])
    stop(f"{command} is not something that launch.py does.")


if __name__ == "__main__":
    main()
