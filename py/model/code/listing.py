"""The functions of the model's own code as they are read: their lines in pieces, each with what it is.

What stands here is the text that Python itself compiled: `inspect.getsource` of the module that runs.
"""

import ast
import inspect
import io
import keyword
import tokenize
from functools import cache
from types import FunctionType, ModuleType

from model import linear, sampling
from model.code.answers import Piece

QUOTED = (tokenize.STRING, tokenize.COMMENT)


class Listing:
    """The functions of a pass, of the products in it and of what follows it; `program` is the module of the pass."""

    def __init__(self, program: ModuleType) -> None:
        self.functions: dict[str, FunctionType] = {}  # every one that can be read, by its name
        self.of_the_pass: list[str] = []  # the pass's own, in their order in the file
        for module in (program, linear, sampling):
            for name, made in vars(module).items():
                if isinstance(made, FunctionType) and made.__module__ == module.__name__:
                    self.functions[name] = made
                    self.of_the_pass += [name] * (module is program)
        self.sources = {name: source(made) for name, made in self.functions.items()}
        self.trees = {name: tree(*found) for name, found in self.sources.items()}  # as Python reads them
        self.lines = {name: self.lines_of(name) for name in self.functions}

    def statements(self, name: str) -> list[ast.stmt]:
        """Those that stand on lines of their own, in the order of lines; a loop or a condition is its first line."""
        every = (node for node in ast.walk(self.trees[name]) if isinstance(node, ast.stmt))
        return sorted(every, key=lambda node: node.lineno)

    def statement_at(self, name: str, line: int) -> tuple[int, int]:
        """The first and the last line of the innermost statement that holds a line."""
        holding = [one for one in self.statements(name) if one.lineno <= line <= (one.end_lineno or one.lineno)]
        innermost = holding[-1]
        body = getattr(innermost, "body", None)
        end = body[0].lineno - 1 if body else innermost.end_lineno or innermost.lineno
        return innermost.lineno, max(end, innermost.lineno)

    def called(self, name: str, inside: str) -> bool:
        """Whether the function `inside` calls the function `name`."""
        return any(isinstance(node, ast.Call) and named(node.func) == name for node in ast.walk(self.trees[inside]))

    def lines_of(self, name: str) -> list[list[Piece]]:
        """The lines of a function, each cut into pieces."""
        text, first = self.sources[name]
        meanings = self.meanings_of(name)
        found: list[list[Piece]] = [[] for _ in text.splitlines()]
        written = text.splitlines()
        reached = (1, 0)
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER):
                continue
            for row, line in enumerate(token.string.split("\n"), start=token.start[0]):
                column = token.start[1] if row == token.start[0] else 0
                begun = reached[1] if reached[0] == row else 0
                if column > begun:
                    found[row - 1].append({"text": written[row - 1][begun:column], "kind": "", "name": ""})
                kind, meant = kind_of(token), ""
                if (place := (first + row - 1, column)) in meanings:
                    kind, meant = meanings[place]
                if line:
                    found[row - 1].append({"text": line, "kind": kind, "name": meant})
                reached = (row, column + len(line))
        return found

    def meanings_of(self, name: str) -> dict[tuple[int, int], tuple[str, str]]:
        """By line and column, the kind of a piece that stands for something, and its name."""
        found = {}
        for node in ast.walk(self.trees[name]):
            if isinstance(node, ast.arg):
                found[node.lineno, node.col_offset] = ("made", node.arg)
            elif isinstance(node, ast.Call) and named(node.func) in self.functions:
                found[node.func.lineno, node.func.col_offset] = ("call", named(node.func))
            elif isinstance(node, ast.Name):
                kind = "made" if isinstance(node.ctx, ast.Store) else "read"
                found.setdefault((node.lineno, node.col_offset), (kind, node.id))
            if (key := array_named(node)) is not None:
                found[key.lineno, key.col_offset] = ("key", str(key.value))
        return found


@cache
def listing(program: ModuleType) -> Listing:
    return Listing(program)


def source(function: FunctionType) -> tuple[str, int]:
    """The text of a function, and the number of its first line."""
    lines, first = inspect.getsourcelines(function)
    return "".join(lines), first


def tree(text: str, first: int) -> ast.FunctionDef:
    """The function as Python reads it; lines are numbered as in its file."""
    module = ast.increment_lineno(ast.parse(text), first - 1)
    found = module.body[0]
    assert isinstance(found, ast.FunctionDef)
    return found


def named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def kind_of(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return "keyword" if keyword.iskeyword(token.string) else ""
    return {tokenize.STRING: "string", tokenize.COMMENT: "comment", tokenize.NUMBER: "number"}.get(token.type, "")


def array_named(node: ast.AST) -> ast.Constant | None:
    """Where an activation or a weight is named: `change("attn.z", ...)`, `w["attn.c_proj.weight"]`."""
    if isinstance(node, ast.Call) and named(node.func) == "change" and node.args:
        key = node.args[0]
    elif isinstance(node, ast.Subscript) and named(node.value) == "w":
        key = node.slice
    else:
        return None
    return key if isinstance(key, ast.Constant) and key.value != "h" else None
