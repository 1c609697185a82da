"""A reader's first minute in Firefox and in WebKitGTK, whose engine is Safari's: type, predict, slide, run code."""

import glob
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from build.browser import debians
from build.paths import ROOT
from build.serve import serving
from build.site.recorded import explain
from model.gpt2 import softmax
from model.removals import Off
from model.sampling import ranking
from model.session import Session
from page.next_token.candidates import COUNT
from page.state.counting import number_of
from tests.browser.hosting import webkit
from tests.browser.reading import close

TEXT = "It is the largest city"
PROBE = "at data:text/javascript,"  # which the sandbox refuses: Pyodide looks so whether there are modules


def firefox(address):
    program = shutil.which("firefox-esr") or shutil.which("firefox") or debians("firefox-esr", ("firefox-esr",))
    if not program:
        pytest.skip("FIREFOX IS NOT TESTED: it is not installed (Debian's package firefox-esr)")
    command = ["node", "tests/browser/hosting/firefox.mjs", program, address, TEXT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def webkitgtk(address):
    names = ("WebKitWebDriver",)
    driver = shutil.which(names[0]) or debians("webkit2gtk-driver", names)
    screen = shutil.which("Xvfb") or debians("xvfb", ("Xvfb",))
    browsers = glob.glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")
    if not (driver and screen and browsers):
        pytest.skip("WEBKIT IS NOT TESTED: it is not installed (Debian's packages webkit2gtk-driver and xvfb)")
    return webkit.first_minute(driver, Path(browsers[0]), address, TEXT)


@pytest.mark.parametrize("browser", [firefox, webkitgtk])
def test_a_first_minute(dist, reference, browser):
    with serving(dist, "/glassformer/") as address:
        seen = browser(address)
    print(f"{browser.__name__} {seen['version']}")
    session, tokenizer = reference
    explain(TEXT, 1, session, tokenizer)
    logits = session.final.logits[0].astype(np.float64)
    order, own, flat = ranking(logits), softmax(logits), softmax(logits / 5)
    assert [i for i, _ in seen["before"]] == order[:COUNT].tolist()
    assert all(close(shown, 100 * own[i], 1e-4) for i, shown in seen["before"])
    assert close(seen["sampled"], 100 * flat[order[0]], 1e-4)
    own = seen["own"]
    assert own["asked"] == "1024" and "bits" in own["told"]
    by_own = Session(session.weights, session.config, (Off("gelu"),))
    by_own.run(tokenizer.encode(own["text"]))
    logits = by_own.final.logits[0].astype(np.float64)
    assert [i for i, _ in own["rows"]][:3] == ranking(logits)[:3].tolist()
    assert all(close(shown, 100 * softmax(logits)[i], 1e-4) for i, shown in own["rows"])
    view = json.loads((dist / "examples" / "1.json").read_text())["view"]  # the page opens where its example does
    assert f"head {number_of(view['head'])} of 4, block {number_of(view['block'])} of 6" in seen["title"]
    assert [error for error in seen["errors"] if PROBE not in error] == []
