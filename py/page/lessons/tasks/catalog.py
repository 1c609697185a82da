"""The tasks, and the texts that they are put about where the reader's own cannot be asked."""

from page.lessons.tasks import compute, cut, find, make, predict
from page.lessons.tasks.subject import Subject, Unread
from page.state.examples import EXAMPLES, MORE

KINDS = ("predict", "find", "make", "break", "compute")
TASKS = predict.TASKS + find.TASKS + make.TASKS + cut.TASKS + compute.TASKS
BY_NAME = {task.name: task for task in TASKS}
TEXTS = EXAMPLES + MORE


async def put_about(task, text, ask, number):
    """What the task asks about a text that is JSON, see `dom.value_as_json`, or None; `ask` and `number` as for
    `Subject`. Raises Gone when the worker goes on to something else meanwhile."""
    subject = Subject(ask, number, task.name)
    try:
        await subject.read(text)
        return await task.find(subject)
    except Unread:
        return None


async def first_text(task, texts, ask, number):
    """(text, what is asked) of the first of `texts`, each such JSON, that can be asked; None where none can."""
    for text in texts:
        asked = await put_about(task, text, ask, number)
        if asked:
            return text, asked
    return None


def in_order(task, number):
    """TEXTS, in the order in which the teacher's number has them tried."""
    return Subject(None, number, task.name).mixed(TEXTS, "text") if number else list(TEXTS)
