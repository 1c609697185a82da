"""What a reader reads: looked up by key in text/<language>.json, never written in code."""

import json

from page.text.markup import escape

LANGUAGES = ("en", "zh")


class Words:
    """The texts of one language at a time. `folder` is where the language files lie."""

    def __init__(self, language, folder):
        self.folder = folder
        self.turn_to(language)

    def turn_to(self, language):
        self.language = language
        with open(self.folder + "/" + language + ".json", encoding="utf-8") as file:
            self.texts = json.load(file)

    def say(self, key, **values):
        """The text `key` with its {names} filled in."""
        return self.texts[key].format(**values)

    def html(self, key, **values):
        """The same as HTML; so are the values."""
        return escape(self.texts[key]).format(**values)


def best_language(wanted):
    """The first of the browser's wanted languages (such as "zh-CN") that the site speaks, else English."""
    for tag in wanted:
        if tag[:2].lower() in LANGUAGES:
            return tag[:2].lower()
    return "en"
