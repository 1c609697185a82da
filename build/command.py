"""What follows a tool's name on the command line."""

import argparse
import sys


def command(doc: str) -> argparse.ArgumentParser:
    """The parser of the module that Python was started with, described by the first line of its docstring."""
    module = sys.modules["__main__"].__spec__
    return argparse.ArgumentParser(prog=f"python -m {module.name}" if module else None, description=doc.splitlines()[0])
