"""Why a text could not be read, as an answer: nothing that is asked of the engine raises."""

from model.checkpoint.file_error import Failure
from model.session import RunawayError
from model.tokenizer.tokenizer import TokenizerError


def failure_of(error: Exception) -> Failure:
    """Why a text could not be read."""
    if isinstance(error, TokenizerError):
        return {"error": "text", "file": str(error)}
    if isinstance(error, MemoryError):
        return {"error": "memory", "file": ""}
    if isinstance(error, RunawayError):
        return {"error": "broken", "file": str(error)}
    return {"error": "failed", "file": f"{type(error).__name__}: {error}"}
