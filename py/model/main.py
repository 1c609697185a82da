"""Starts the model's Python in the worker: its files come as one, and are put where Python imports them from."""

import json
from pathlib import Path

for path, text in json.loads(Path("model.files.json").read_text(encoding="utf-8")).items():
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")

from model.worker import api  # noqa: E402

__export__ = api.__export__
globals().update({name: getattr(api, name) for name in __export__})
