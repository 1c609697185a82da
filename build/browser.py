"""Find the Chromium that tests drive: `python -m build.browser` prints its path.

In this order: $GLASSFORMER_BROWSER; one installed on this machine; Playwright's own, downloaded if need be;
Debian's package, where apt-get is there and may be used.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from build.command import command

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
DOWNLOAD_TIMEOUT_S = 600

# Run before the page's own scripts, it makes a reader who has been here before: see the first visit in early.js.
BEEN_HERE = """if (location.protocol.startsWith("http")) try {
    localStorage.setItem(new URL("./", location.href).href + " guess", "true");
} catch {}"""

# A separate process, so that it works inside a running Playwright too.
PRINT_PLAYWRIGHT_PATH = (
    "import playwright.sync_api as p; driver = p.sync_playwright().start(); "
    "print(driver.chromium.executable_path); driver.stop()"
)


class BrowserError(Exception):
    """There is no Chromium; the message says how to get one."""


def find_browser() -> str:
    """Return the path of a Chromium, installing one if need be. Raises BrowserError."""
    if chosen := os.environ.get("GLASSFORMER_BROWSER"):
        if found := shutil.which(chosen):
            return found
        raise BrowserError(f"GLASSFORMER_BROWSER names {chosen}, which is not a program that can be run.")
    if found := installed() or playwrights_own() or debians("chromium", NAMES):
        return found
    raise BrowserError(
        "No Chromium was found, and none could be installed. Please install Chromium or Chrome, "
        "or name the program in the environment variable GLASSFORMER_BROWSER."
    )


def installed(names: tuple[str, ...] = NAMES) -> str | None:
    """The first of these programs that is on PATH."""
    return next(filter(None, map(shutil.which, names)), None)


def playwrights_own() -> str | None:
    """The browser that Playwright downloads for itself."""
    path = ask([sys.executable, "-c", PRINT_PLAYWRIGHT_PATH])
    if path and not Path(path).is_file():
        tell("No Chromium is installed; asking Playwright to download its own.")
        ask([sys.executable, "-m", "playwright", "install", "chromium"])
    return path if path and Path(path).is_file() else None


def debians(package: str, names: tuple[str, ...]) -> str | None:
    """One of the programs `names` in Debian's `package`, where this user may install it."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    tell(f"Installing Debian's package {package}.")
    ask(["apt-get", "update", "--quiet"])
    ask(["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", package])
    return installed(names)


def ask(command: list[str]) -> str | None:
    """Run `command` and return what it printed, or say why it failed and return None."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DOWNLOAD_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        tell(str(error))
        return None
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
        complaint = next((line for line in lines if line.startswith(("Error", "E: "))), lines[-1])
        tell(f"`{' '.join(command)}` failed: {complaint}")
        return None
    return done.stdout.strip()


def tell(message: str) -> None:
    """Print to stderr, so that stdout holds the path and nothing else."""
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    command(__doc__).parse_args()
    try:
        print(find_browser())
    except BrowserError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
