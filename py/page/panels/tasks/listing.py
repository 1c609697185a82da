"""The list of all tasks, with how far the reader has come, and what is handed in."""

from page.lessons.tasks.catalog import KINDS, TASKS
from page.lessons.tasks.report import report
from page.text.markup import escape

SIGNS = {"right": "✓", "wrong": "✗", "gave_up": "–"}


def task_list(progress, words):
    groups = []
    for kind in KINDS:
        rows = [entry(task, progress.verdict(task.name), words) for task in TASKS if task.kind == kind]
        head = '<h3>{}</h3><p class="note">{}</p>'.format(
            escape(words.say("try.kind." + kind)), escape(words.say("try.how." + kind))
        )
        groups.append('<section>{}<ul class="try-tasks">{}</ul></section>'.format(head, "".join(rows)))
    done = len([task for task in TASKS if progress.verdict(task.name) == "right"])
    return '<p class="try-intro">{}</p>{}<div class="try-kinds">{}</div>'.format(
        escape(words.say("try.intro", done=done, count=len(TASKS))), tools(progress, words), "".join(groups)
    )


def entry(task, verdict, words):
    mark = ""
    if verdict:
        mark = '<span class="mark-{}" aria-hidden="true">{}</span><span class="visually-hidden"> ({})</span>'.format(
            verdict, SIGNS[verdict], escape(words.say("try.verdict." + verdict))
        )
    return '<li><button type="button" id="try-{0}" data-task="{0}">{1}</button>{2}</li>'.format(
        task.name, escape(words.say("task." + task.name)), mark
    )


def tools(progress, words):
    """The teacher's number, and what becomes of the answers."""
    return (
        '<p class="try-tools"><label>{} <input id="try-number" class="field" type="text" value="{}" maxlength="12"'
        ' size="8" autocomplete="off" spellcheck="false" aria-describedby="try-number-note"></label>'
        ' <span id="try-number-note" class="note">{}</span>'
        ' <button type="button" id="try-report">{}</button> <button type="button" id="try-forget">{}</button></p>'
    ).format(
        escape(words.say("try.number")),
        escape(progress.number),
        escape(words.say("try.number.note")),
        escape(words.say("try.mine")),
        escape(words.say("try.forget")),
    )


def handed_in(progress, words):
    """The reader's answers as a text, once more for paper, where a field shows no more than fits in it; and where a
    teacher finds out whether its code fits."""
    text = escape(report(progress, TASKS, words))
    return (
        '<div class="try-top"><button type="button" id="try-back">{}</button></div><div class="try-sides">'
        '<section><h3><label for="try-text">{}</label></h3><textarea id="try-text" class="field" rows="10" readonly'
        ' translate="no">{}</textarea><pre class="on-paper" translate="no">{}</pre>'
        '<p><button type="button" id="try-copy" class="strong">{}</button>'
        ' <button type="button" id="try-save">{}</button> <button type="button" id="try-print">{}</button></p>'
        '<p id="try-copied"></p></section>'
        '<section><h3><label for="try-handed">{}</label></h3><p class="note">{}</p>'
        '<textarea id="try-handed" class="field" rows="5" spellcheck="false"></textarea>'
        '<p id="try-fits"></p></section></div>'
    ).format(
        escape(words.say("try.back")),
        escape(words.say("try.mine")),
        text,
        text,
        escape(words.say("try.copy")),
        escape(words.say("try.save")),
        escape(words.say("try.print")),
        escape(words.say("try.teacher")),
        escape(words.say("try.teacher.note")),
    )
