"""A new part is one file, its texts and a button: it opens, is in the link, saves its numbers and closes."""

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from build.site import offline, python_files

PART = '''
from page.panels.part import Part


class Queries(Part):
    """How long the queries of the head are."""

    link = "queries"
    count = 0

    async def fill(self):
        view = self.figure.view
        rows = (await self.ask("table", "head_q", view["block"], view["head"]))["rows"]
        self.count = len(rows)
        return '<p id="queries">{}</p><button type="button" id="more">+</button>'.format(self.count)

    async def csv(self):
        return await self.csv_of("table", "head_q")

    def clicked(self, event):
        if event.target.id == "more":
            self.count += 1
            event.target.textContent = str(self.count)


PART = Queries
'''
TEXTS = {"panel.queries": "Queries of head {head}", "panel.queries.subtitle": "counted", "open.queries": "queries"}
BUTTON = '<button type="button" id="open-run"'
OPENER = '<button type="button" class="open" data-open="queries" data-text="open.queries"></button>'


@pytest.fixture(scope="module")
def folder(dist, tmp_path_factory):
    """The site with one part more."""
    folder = tmp_path_factory.mktemp("parts") / "dist"
    shutil.copytree(dist, folder)
    files = python_files.read(folder, "page")
    for path, text in files.items():
        if path.startswith("page/text/") and path.endswith(".json"):
            files[path] = json.dumps(json.loads(text) | TEXTS)
    python_files.write(folder, "page", files | {"page/panels/parts/queries.py": PART})
    html = (folder / "index.html").read_text()
    assert BUTTON in html
    (folder / "index.html").write_text(html.replace(BUTTON, OPENER + BUTTON))
    offline.write_service_worker(folder)
    return folder


def test_a_part_is_one_file(visit, folder, reference):
    one = visit(folder=folder, locale="en-US")
    one.wait_live()
    one.type("The cat sat")
    one.go(2, 3)
    one.open("queries")
    assert one.page.text_content("#queries") == "3"
    assert one.page.text_content("#panel-title") == "Queries of head 3"
    one.page.click("#more")
    assert one.page.text_content("#more") == "4"
    link = one.fragment("open=queries")
    with one.page.expect_download() as download:
        one.page.click("#panel-save")
    assert download.value.suggested_filename == "glassformer-queries.csv"
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))[1:]
    session, tokenizer = reference
    session.run(tokenizer.encode("The cat sat"))
    saved = np.array([[float(x) for x in row[4:]] for row in rows])
    np.testing.assert_allclose(saved, session.block(1).q[:, 2], atol=1e-4)
    one.close()
    one.fragment(without="open=")
    other = visit(folder=folder, locale="en-US")
    other.page.goto("about:blank")
    other.page.goto(other.address + "#" + link)
    other.wait_open("queries")
    assert other.page.text_content("#queries") == "3"
    assert one.errors == [] and other.errors == []
