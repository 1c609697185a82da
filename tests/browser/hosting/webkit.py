"""A reader's first minute in WebKitGTK: `first_minute` drives it over the W3C's WebDriver protocol, with no library."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 120
OWN_CODE = Path(__file__).with_name("own_code.js").read_text(encoding="utf-8")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # how the protocol marks an element (W3C WebDriver, section 11)
END = "\ue010"  # the key (section 17.4.2)


@contextmanager
def ended(command, **options):
    """A process that does not outlive the block."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def screen():
    """A virtual screen; gives its name."""
    read, write = os.pipe()
    with ended(["Xvfb", "-displayfd", str(write), "-screen", "0", "1440x1000x24"], pass_fds=[write]):
        os.close(write)
        with os.fdopen(read) as number:
            yield ":" + number.readline().strip()


class Session:
    def __init__(self, port: int, browser: Path) -> None:
        self.base = f"http://127.0.0.1:{port}"
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        deadline = time.monotonic() + LIMIT_S
        while True:
            try:
                answer = self.call("POST", "/session", wanted)
                break
            except urllib.error.URLError:
                assert time.monotonic() < deadline, "WebKitWebDriver does not answer"
                time.sleep(0.2)
        self.version = answer["capabilities"]["browserVersion"]
        self.base += f"/session/{answer['sessionId']}"

    def call(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            return json.load(answer)["value"]

    def ask(self, script: str, *values):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(values)})

    def until(self, script: str, *values):
        deadline = time.monotonic() + LIMIT_S
        while not (found := self.ask("return " + script, *values)):
            assert time.monotonic() < deadline, script
            time.sleep(0.1)
        return found

    def press(self, selector: str, keys: str) -> None:
        field = self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        self.call("POST", f"/element/{field}/value", {"text": keys})


def first_minute(driver: str, browser: Path, address: str, text: str) -> dict:
    """What firefox.mjs prints, but for the errors, which the protocol does not tell."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with screen() as display, ended([driver, f"--port={port}"], env={**os.environ, "DISPLAY": display}):
        session = Session(port, browser)
        try:
            session.call("POST", "/url", {"url": address})
            session.until("document.querySelector('.model-state.live')")
            session.until("document.querySelector('#figure:not(.stale):not(.prepared)')")
            session.ask("document.querySelector('#prompt').select()")
            session.press("#prompt", text)
            session.until(
                "document.querySelector('#prompt-tokens').textContent.startsWith(arguments[0])"
                " && document.querySelector('#figure:not(.stale)')",
                text,
            )
            before = session.ask(
                "return [...document.querySelectorAll('#candidates tbody tr')].map(row =>"
                " [Number(row.dataset.id), row.querySelector('.number.model').textContent])"
            )
            session.press("#temperature", END)
            session.until("Number(document.querySelector('#candidates table').dataset.temperature) === 5")
            sampled = session.ask("return document.querySelector('.number.sampled').textContent")
            session.ask("document.querySelector('[data-open=attention_head]').click()")
            session.until("document.querySelector('#cell .result')")
            title = session.ask("return document.querySelector('#panel-title').textContent")
            session.call("POST", "/timeouts", {"script": 1000 * LIMIT_S})
            own = session.ask(f"return ({OWN_CODE})()")
            seen = {"before": before, "sampled": sampled, "title": title, "own": own}
            return {"version": session.version, "errors": [], **seen}
        finally:
            session.call("DELETE", "")
