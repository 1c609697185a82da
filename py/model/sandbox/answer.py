"""The sandbox's end of the wire to the page: a question in JSON, an answer in JSON or bare numbers, come what may."""

import json
from pathlib import Path

from model.explain.to_json import text_of
from model.removals import from_json
from model.sandbox.fault import fault_of
from model.sandbox.handed import unpack
from model.sandbox.own import numbers_of
from model.sandbox.prompt import Prompt
from model.sandbox.shown import shown

PRINTED = 2000  # characters
HANDED = Path("handed.npz")

prompt: Prompt | None = None


def answer(name: str, question: str) -> str | bytes:
    """`name` is "ask": what `source` comes to with the numbers of a text at hand; "names": what may follow it; "run":
    the float32 numbers of a pass by the reader's `own` version of the code.
    """
    global prompt
    if prompt is None:
        with HANDED.open("rb") as file:
            prompt = Prompt(unpack(file))
    asked = json.loads(question)
    try:
        removals = from_json(asked["cuts"], asked["mean"])
        if name == "run":
            return numbers_of(asked["own"], prompt.untouched.again(), asked["ids"], removals).tobytes()
        prompt.read(asked["ids"], removals, asked["temperature"], asked["top_k"], asked["top_p"], asked["own"])
        if name == "names":
            return text_of({"names": prompt.names_after(asked["source"])})
        value, printed = prompt.ask(asked["source"])
        return text_of({**shown(value), "printed": printed[:PRINTED]})
    except BaseException as error:
        return text_of(fault_of(error, prompt.names))
