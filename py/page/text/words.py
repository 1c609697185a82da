"""The page's texts, looked up by key in the current language; none are written in code."""

import json

from page.text.markup import escape, with_terms


class Words:
    """The texts of one language at a time: `texts_of(language)` reads all of them, by key, but for those of the
    lessons, which are added when a reader opens one."""

    def __init__(self, language, texts_of):
        self.texts_of = texts_of
        self.lessons = {}  # by language, those that have come
        self.turn_to(language)

    def turn_to(self, language):
        self.language = language
        self.texts = self.texts_of(language)
        self.texts.update(self.lessons.get(language, {}))

    def add_lessons(self, language, texts):
        """The language's lessons have come."""
        self.lessons[language] = texts
        if language == self.language:
            self.texts.update(texts)

    def say(self, key, **values):
        """The text `key` with its {names} filled in."""
        return self.texts[key].format(**values)

    def html(self, key, **values):
        """The same as HTML, in which terms say their sentence where they are pointed at; so are the values."""
        return with_terms(escape(self.texts[key])).format(**values)


def joined_texts(language):
    """A language's texts on the built site, where they are one file."""
    with open("page/text/" + language + ".json", encoding="utf-8") as file:
        return json.load(file)


def lessons_of(language):
    """The file of the built site that holds a language's lessons."""
    return "lessons/" + language + ".json"


def best_language(wanted, offered):
    """The offered code (such as "pt-BR") for the first of the browser's wanted tags that has one, else English.

    Of the codes in a tag's language the longest whose every part is in the tag, as zh-TW is in zh-Hant-TW; else the
    first: who wants pt-PT rather reads pt-BR than English. `nearest` in starting.js does the same.
    """
    for tag in wanted:
        asked = tag.lower().split("-")
        near = [code for code in offered if code.lower().split("-")[0] == asked[0]]
        within = [code for code in near if set(code.lower().split("-")) <= set(asked)]
        if near:
            return max(within, key=len) if within else near[0]
    return "en"
