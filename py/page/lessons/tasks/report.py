"""What the reader has answered as a short text to hand in, and its check code.

The code is CRC-32 over the lines before it, each without the spaces around it and with one space between its words:
what is copied by hand or by mail still fits. It finds a changed answer; who reads this can work it out anew.
"""

import binascii


def report(progress, tasks, words):
    """The text, in the order of `tasks`."""
    lines = [words.say("try.report")]
    if progress.number:
        lines.append(words.say("try.report.number", number=progress.number))
    for task in tasks:
        if task.name in progress.entries:
            lines += answer_lines(task, progress.entries[task.name], words)
    return "\n".join(lines) + "\n" + words.say("try.report.code", code=code_of(lines)) + "\n"


def answer_lines(task, entry, words):
    said = words.say("try.report." + entry["verdict"], tries=entry["tries"])
    return [
        words.say("task." + task.name) + ": " + said,
        words.say("try.report.answer", given=entry["given"] or "–", text=entry["text"], model=entry["model"]),
    ]


def fits(text):
    """Whether the code at the end of such a text is that of the lines before it."""
    lines = bare(text.split("\n"))
    return len(lines) > 1 and lines[-1].split(" ")[-1] == code_of(lines[:-1])


def code_of(lines):
    """Such as 1A2B-3C4D."""
    code = "{:08X}".format(binascii.crc32("\n".join(bare(lines)).encode()))
    return code[:4] + "-" + code[4:]


def bare(lines):
    """Without empty lines, and with one space where there is any room."""
    rooms = [" ".join(line.replace("\u00a0", " ").replace("\u3000", " ").split()) for line in lines]
    return [line for line in rooms if line]
