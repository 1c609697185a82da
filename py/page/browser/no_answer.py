"""What is raised where the worker fails at a question."""


class NoAnswer(Exception):  # noqa: N818
    """The reader has been told."""
