"""The texts of the lessons, which are fetched when a reader opens one."""

import json

from page.browser.files import fetched
from page.text.words import lessons_of


def absent(words):
    """What a part shows in their place, as HTML."""
    return '<p class="note">' + words.html("lessons.absent") + "</p>"


async def have_lessons(words):
    """Whether the lessons' texts in the present language are here, fetched if they have not come yet."""
    while words.language not in words.lessons:
        language = words.language
        text = await fetched(lessons_of(language))
        if text is None:
            return False
        words.add_lessons(language, json.loads(text))
    return True
