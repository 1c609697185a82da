"""Why a model could not be loaded, or a text not be read, as an answer: nothing that is asked of the engine raises."""

from model.checkpoint.file_error import DownloadError, Failure, FileError
from model.session import RunawayError
from model.tokenizer.tokenizer import TokenizerError


def not_loaded(error: Exception) -> Failure:
    """Why a model could not be loaded."""
    if isinstance(error, DownloadError):
        return {"error": error.kind, "file": error.file}
    if isinstance(error, FileError):
        return error.answer()
    if isinstance(error, KeyError):  # a file that the model's index does not name
        return FileError(f"{error}").answer()
    return failure_of(error)


def failure_of(error: Exception) -> Failure:
    """Why a text could not be read."""
    if isinstance(error, TokenizerError):
        return {"error": "text", "file": str(error)}
    if isinstance(error, MemoryError):
        return {"error": "memory", "file": ""}
    if isinstance(error, RunawayError):
        return {"error": "broken", "file": str(error)}
    return {"error": "failed", "file": f"{type(error).__name__}: {error}"}
