"""A new language is a folder of texts: the page offers it, and gives it to readers whose browser asks for it."""

import json
import shutil

import pytest

from build.site import languages, site

CHANGED = {
    "page.json": {"language.name": "Português (Brasil)", "tagline": "Um Transformer à vista"},
    "starting.json": {"starting.refused": "O servidor recusou {file}."},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The site with Brazilian Portuguese, of which little is translated."""
    place = tmp_path_factory.mktemp("languages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "TEXT", shutil.copytree(languages.TEXT, place / "text"))
        shutil.copytree(languages.TEXT / "en", languages.TEXT / "pt-BR")
        for name, texts in CHANGED.items():
            path = languages.TEXT / "pt-BR" / name
            path.write_text(json.dumps(dict(languages.pairs(path)) | texts))
        site.build(place / "dist", (site.MODEL,))
    return place / "dist"


@pytest.mark.parametrize("locale", ["pt-BR", "pt-PT"])
def test_a_reader_gets_the_language_of_the_browser(visit, folder, locale):
    one = visit(folder=folder, locale=locale)
    one.wait_live()
    one.page.locator(".tagline", has_text="Um Transformer").wait_for(state="attached")
    assert one.page.get_attribute("html", "lang") == "pt-BR"
    assert one.page.input_value("#language") == "pt-BR"
    assert one.errors == []


def test_a_reader_can_choose_it(visit, folder):
    one = visit(folder=folder, locale="en-US")
    one.wait_live()
    assert "Português (Brasil)" in one.page.locator("#language option").all_text_contents()
    assert one.page.input_value("#language") == "en"
    one.page.select_option("#language", "pt-BR")
    one.page.locator(".tagline", has_text="Um Transformer").wait_for(state="attached")
    one.page.select_option("#language", "en")
    one.page.locator(".tagline", has_text="A Transformer").wait_for(state="attached")
    assert one.errors == []


def test_what_is_said_before_python_runs_is_in_it_too(visit, folder):
    one = visit(lambda path: 403 if path == "py/page.files.json" else None, folder=folder, locale="pt-PT")
    one.page.locator("#trouble", has_text="O servidor recusou py/page.files.json.").wait_for()
    assert '<span lang="pt-BR">' in (folder / "index.html").read_text(encoding="utf-8")


def test_the_typeface_is_the_sites_own_but_for_chinese(visit):
    """Digits are as wide as each other where numbers stand below each other."""
    one = visit(locale="en-US")
    one.wait_live()
    family = "getComputedStyle(document.body).fontFamily"
    assert one.page.evaluate(family).startswith('"Inter Variable"')
    assert one.page.evaluate("document.fonts.ready.then(all => [...all].map(font => font.status))") == ["loaded"]
    wide = one.page.evaluate(
        """() => ["1111", "0000"].map(digits => {
            const place = document.querySelector("#candidates .number.sampled");
            const range = document.createRange();
            place.textContent = digits;
            range.selectNodeContents(place);
            return range.getBoundingClientRect().width;
        })"""
    )
    assert wide[0] == wide[1]
    one.page.select_option("#language", "zh")
    one.page.wait_for_function("() => document.documentElement.lang === 'zh'")
    assert "Inter" not in one.page.evaluate(family)
    assert [url for url in one.requests if not url.startswith((one.address, "blob:"))] == [] and one.errors == []
