"""What follows a tool's name on the command line."""

import argparse


def command(name: str, doc: str) -> argparse.ArgumentParser:
    """The parser of `python -m build.NAME`, described by the first line of its module's docstring."""
    return argparse.ArgumentParser(prog=f"python -m build.{name}", description=doc.splitlines()[0])
