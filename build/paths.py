"""Where this repository lies, and paths as they are typed after a command or after `make`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def typed(text: str) -> Path:
    """`~` is a home folder also where the shell has left it, as in SRC=~/folder or between quotes."""
    try:
        return Path(text).expanduser()
    except RuntimeError:  # nobody of that name has one
        return Path(text)
