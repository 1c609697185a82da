"""Languages: every folder of texts says what English says; the site has each as one file; which one a reader gets."""

import json
import re
import shutil
import string
import subprocess

import pytest

from build.paths import ROOT
from build.site import languages
from page.text.words import best_language

CODE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")  # as browsers write tags (RFC 5646)


def placeholders(text):
    """The names in a text that are filled in. Raises ValueError where a brace has no other."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def faults():
    """Where a language is not as English is: file and key."""
    found = [f"{code} is no code such as pt or pt-BR" for code in languages.codes() if not CODE.fullmatch(code)]
    for code in languages.codes():
        folders = languages.TEXT / "en", languages.TEXT / code
        every = {path.relative_to(folder).as_posix() for folder in folders for path in folder.rglob("*.json")}
        for name in sorted(every):
            english, own = (
                dict(languages.pairs(folder / name)) if (folder / name).exists() else {} for folder in folders
            )
            file = f"{code}/{name}"
            found += [f"{file} lacks {key}" for key in english if key not in own]
            found += [f"{file} has {key}, which is not in en/{name}" for key in own if key not in english]
            for key in [key for key in english if key in own]:
                try:
                    right = own[key].strip() and placeholders(own[key]) == placeholders(english[key])
                except ValueError:
                    right = False
                if not right:
                    found.append(f"{file}, {key}: it must hold {sorted(placeholders(english[key])) or 'some text'}")
    return found


@pytest.fixture
def french(monkeypatch, tmp_path):
    """A folder for French beside the others, so far all in English."""
    monkeypatch.setattr(languages, "TEXT", shutil.copytree(languages.TEXT, tmp_path / "text"))
    return shutil.copytree(languages.TEXT / "en", languages.TEXT / "fr")


def test_every_language_says_the_same_things():
    assert faults() == []


def test_what_a_language_lacks_is_named(french):
    assert faults() == []
    (french / "storage.json").unlink()
    page = (french / "page.json").read_text(encoding="utf-8")
    page = (
        page.replace('"retry"', '"retries"')
        .replace("of {limit} tokens", "of {limits} tokens")
        .replace("{total} blocks", "{total")
    )
    (french / "page.json").write_text(page, encoding="utf-8")
    lacking = [f"fr/storage.json lacks {key}" for key, _ in languages.pairs(languages.TEXT / "en" / "storage.json")]
    assert len(lacking) > 10 and faults() == [
        "fr/page.json lacks retry",
        "fr/page.json has retries, which is not in en/page.json",
        "fr/page.json, prompt.count: it must hold ['count', 'limit']",
        "fr/page.json, prompt.computing: it must hold ['done', 'total']",
        *lacking,
    ]


def test_a_key_that_stands_twice_is_an_error_that_names_both_files(french):
    (french / "more.json").write_text('{"retry": "x"}')
    with pytest.raises(ValueError, match=r"retry.*fr/more\.json.*fr/page\.json"):
        languages.texts_of("fr")
    (french / "more.json").write_text('{"a": "x", "a": "y"}')
    with pytest.raises(ValueError, match=r"key a .*fr/more\.json.*fr/more\.json"):
        languages.texts_of("fr")


def test_a_file_that_is_not_json_is_named(french):
    (french / "more.json").write_text('{"a": "x",}')
    with pytest.raises(ValueError, match=r"fr/more\.json is not JSON.*line 1"):
        languages.texts_of("fr")


def test_the_site_has_one_file_a_language(french, tmp_path):
    out = shutil.copytree(languages.TEXT, tmp_path / "out")
    languages.write_joined(out, tmp_path / "lessons")
    assert languages.codes()[0] == "en" and {"fr", "zh"} < set(languages.codes())
    joined = {path.name for path in out.rglob("*.json")}
    assert joined == {path.name for path in out.iterdir() if path.name.endswith(".json")}
    assert joined == {f"{code}.json" for code in languages.codes()}
    for code in languages.codes():
        for folder, room in ((out, ""), (tmp_path / "lessons", "lessons")):
            assert json.loads((folder / f"{code}.json").read_text(encoding="utf-8")) == languages.texts_of(code, room)


CHOICES = [  # what the browser wants, what there is, what the reader gets
    (["zh-CN", "en"], "en zh", "zh"),
    (["fr", "en-GB"], "en zh", "en"),
    (["fr", "zh", "en"], "en zh", "zh"),
    (["de"], "en zh", "en"),
    ([], "en zh", "en"),
    (["EN-us"], "en zh", "en"),
    (["zh-TW"], "en zh zh-TW", "zh-TW"),
    (["zh-tw"], "en zh zh-TW", "zh-TW"),
    (["zh-Hant-TW"], "en zh zh-TW", "zh-TW"),
    (["zh-Hans-CN"], "en zh zh-TW", "zh"),
    (["zh-CN"], "en zh zh-TW", "zh"),
    (["zh-HK"], "en zh zh-TW", "zh"),
    (["zh-Hant-HK"], "en zh zh-Hant zh-TW", "zh-Hant"),
    (["zh-TW", "ja"], "en ja zh", "zh"),
    (["zh"], "en zh-TW", "zh-TW"),
    (["pt-PT"], "en pt-BR", "pt-BR"),
    (["pt"], "en pt-BR", "pt-BR"),
    (["pt-PT"], "en pt pt-BR", "pt"),
    (["pt-BR"], "en pt pt-BR", "pt-BR"),
    (["pt"], "en pt pt-BR", "pt"),
    (["fil-PH", "pt"], "en fi pt", "pt"),
]


@pytest.mark.parametrize(("wanted", "offered", "given"), CHOICES)
def test_best_language(wanted, offered, given):
    assert best_language(wanted, offered.split()) == given


def test_before_python_has_started_the_choice_is_the_same():
    script = (ROOT / "py/page/starting.js").read_text(encoding="utf-8")
    nearest = re.search(r"function nearest\(.*?\n  }\n", script, re.DOTALL)[0]
    asked = json.dumps([[wanted, offered.split()] for wanted, offered, _ in CHOICES])
    program = f"{nearest}; console.log(JSON.stringify({asked}.map(one => nearest(...one))))"
    done = subprocess.run(["node", "-e", program], capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert json.loads(done.stdout) == [given for _, _, given in CHOICES]
