"""Write the files of a command into a folder as a whole: after a kill, a full disk or an open spreadsheet, nothing is mixed.

The files are first made in a temporary folder inside the output folder. Renaming that folder to `READY` is the moment that
decides: before it, nothing has happened; after it, the next command finishes the work from the journal in the folder.
Old files are moved aside, new files are moved in; if one cannot be moved (it is open in Excel), all of them are put back.
Files in the output folder that the command does not own stay. A lock keeps two commands out of the same folder; the system
gives it up when a command ends, however it ends.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TextIO

from assetmap.errors import InputError, first_few

PREFIX: Final = ".assetmap-"
"""Every temporary name in an output folder starts like this."""
READY: Final = f"{PREFIX}ready"
"""The finished files with their journal, to be moved in."""
UNDO: Final = f"{PREFIX}undo"
"""The same, to be put back."""
LOCK: Final = f"{PREFIX}lock"
_FILE: Final = f"{PREFIX}file-"
"""Folder of one file on its way; the next command that writes the same file clears it."""
JOURNAL: Final = "journal.json"
NEW: Final = "new"
OLD: Final = "old"
MOST_JOURNAL: Final = 1_000_000
PATIENCE_S: Final = 10.0
"""How long a command waits for another one that writes the same file."""
_LOCKED: Final = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def write_whole(
    output: str | Path,
    write: Callable[[Path], object],
    *,
    owned: Iterable[str] = (),
    keep: Iterable[Path] = (),
) -> list[Path]:
    """Write files into a folder so that it has all of them or none, whatever happens on the way.

    Parameters
    ----------
    output
        Folder, made if it does not exist.
    write
        Called with an empty folder; it writes the files there (no folders).
    owned
        Names of files that an earlier run may have written. They are removed if ``write`` does not write them.
    keep
        Files that the command reads: none of them is replaced or removed.

    Returns
    -------
    list of pathlib.Path
        The files in ``output``, in order of their names.

    Raises
    ------
    InputError
        If the folder cannot be written, the disk is full, a file is open in another program, another command is writing
        there or a file of `keep` would be replaced. The earlier files are as they were.

    Examples
    --------
    >>> written = am.project.write_whole("out", lambda folder: (folder / "a.txt").write_text("a"), owned=["b.txt"])
    >>> [path.name for path in written]
    ['a.txt']
    """
    output = Path(output)
    made = _make_folder(output)
    try:
        with _locked(output / LOCK, output), _explained(output):
            _finish(output)
            stage = Path(tempfile.mkdtemp(prefix=PREFIX, dir=output))
            try:
                names = _stage(stage, write, owned, tuple(keep))
                stage.rename(output / READY)
            except BaseException:
                shutil.rmtree(stage, ignore_errors=True)
                raise
            try:
                _finish(output)
            except (KeyboardInterrupt, SystemExit):  # asked to stop half-way: first the folder becomes whole
                _finish(output)
                raise
    except BaseException:
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise
    return [output / name for name in names]


def write_file(path: str | Path, write: Callable[[Path], object], *, keep: Iterable[Path] = ()) -> Path:
    """Write one file so that it is old or new, whatever happens on the way.

    Parameters
    ----------
    path
        File to write; its folder is made if it does not exist.
    write
        Called with the path to write to, which has the same name in a temporary folder.
    keep
        Files that the command reads: none of them is replaced.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    InputError
        If the file cannot be written or replaced. The earlier file is as it was.

    Examples
    --------
    >>> am.project.write_file("note.txt", lambda path: path.write_text("one line")).read_text()
    'one line'
    """
    path = Path(path)
    _make_folder(path.parent)
    _refuse_kept([path], tuple(keep))
    stage = path.parent / f"{_FILE}{path.name}"
    with _locked(Path(f"{stage}-lock"), path, wait_s=PATIENCE_S), _explained(path.parent):
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        try:
            write(stage / path.name)
            (stage / path.name).replace(path)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    return path


def finish_writing(output: str | Path) -> None:
    """Finish what an earlier command could not: move in or put back its files, clear its temporary folders.

    Parameters
    ----------
    output
        An output folder; nothing happens if it does not exist or has nothing to finish.

    Raises
    ------
    InputError
        If a file cannot be moved, or another command is writing there.

    Examples
    --------
    >>> am.project.finish_writing("build")  # nothing is there to finish
    """
    output = Path(output)
    if output.is_dir() and any(path.name.startswith(PREFIX) for path in output.iterdir()):
        with _locked(output / LOCK, output), _explained(output):
            _finish(output)


def _stage(
    stage: Path, write: Callable[[Path], object], owned: Iterable[str], keep: Sequence[Path]
) -> list[str]:
    """Make the new files and the journal; return the names of the files."""
    new = stage / NEW
    new.mkdir()
    (stage / OLD).mkdir()
    write(new)
    names = sorted(path.name for path in new.iterdir())
    strange = [name for name in names if not _is_name(name)]
    if strange:
        raise InputError(f"{first_few(strange)} cannot be the name of a file that assetmap writes.")
    output = stage.parent
    _refuse_kept([output / name for name in names], keep)
    gone = sorted(
        name for name in set(owned) - set(names) if _is_name(name) and not _same_file(output / name, keep)
    )
    with (stage / JOURNAL).open("w", encoding="utf-8") as file:
        json.dump({"files": names, "gone": gone}, file)
        file.flush()
        os.fsync(file.fileno())
    return names


def _refuse_kept(paths: Iterable[Path], keep: Sequence[Path]) -> None:
    for path in paths:
        if _same_file(path, keep):
            raise InputError(
                f"'{path}' is read by this command, so it is not replaced. Choose another place with --output."
            )


def _same_file(path: Path, others: Sequence[Path]) -> bool:
    """Say whether a file is one of others, whatever their names."""
    if not path.exists():
        return False
    return any(other.exists() and path.samefile(other) for other in others)


def _finish(output: Path) -> None:
    """Bring the folder to a whole state, new or old, and remove all temporary folders. Call it with the lock."""
    try:
        if (output / UNDO).is_dir():
            _undo(output)
        if (output / READY).is_dir():
            try:
                _move_in(output)
            except OSError as error:
                (output / READY).rename(output / UNDO)
                _undo(output)
                raise InputError(_sentence(error, output)) from error
    finally:
        for path in output.iterdir():
            ours = path.name.startswith(PREFIX) and not path.name.startswith(_FILE)
            if ours and path.name not in (READY, UNDO, LOCK):
                shutil.rmtree(path, ignore_errors=True)


def _move_in(output: Path) -> None:
    """Move old files aside and new files in. Every step can be repeated after a kill."""
    ready = output / READY
    files, gone = _journal(ready)
    for name in (*files, *gone):
        moved = name in files and not (ready / NEW / name).exists()
        if not moved and (output / name).is_file() and not (ready / OLD / name).exists():
            (output / name).replace(ready / OLD / name)
    for name in files:
        if (ready / NEW / name).exists():
            (ready / NEW / name).replace(output / name)
    ready.rename(output / f"{PREFIX}done-{os.getpid()}")


def _undo(output: Path) -> None:
    """Take new files out and put old files back. Every step can be repeated after a kill."""
    undo = output / UNDO
    files, gone = _journal(undo)
    try:
        for name in files:
            if not (undo / NEW / name).exists() and (output / name).is_file():
                (output / name).replace(undo / NEW / name)
        for name in (*files, *gone):
            if (undo / OLD / name).exists():
                (undo / OLD / name).replace(output / name)
        undo.rename(output / f"{PREFIX}done-{os.getpid()}")
    except OSError as error:
        raise InputError(
            f"The earlier files of '{output}' could not be put back ({error.strerror or error}). Close them in other programs "
            f"and run the command again: they are safe in '{undo}', and the next command puts them back first."
        ) from error


def _journal(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of files in a journal that we wrote; nothing in it leads out of the output folder."""
    path, new = folder / JOURNAL, folder / NEW
    files: list[str] = []
    gone: list[str] = []
    usable = path.is_file() and not any(each.is_symlink() for each in (folder, path, new, folder / OLD))
    usable = usable and path.stat().st_size <= MOST_JOURNAL
    if usable:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            files, gone = list(record["files"]), list(record["gone"])
            usable = all(map(_is_name, (*files, *gone))) and not any(
                (new / name).is_symlink() for name in files
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            usable = False
    if not usable:
        raise InputError(
            f"'{folder}' has no usable {JOURNAL}, so assetmap did not leave it there. Remove it and run the command again."
        )
    return files, gone


def _is_name(name: object) -> bool:
    """Say whether this is the name of a file in a folder, and not a way to another folder."""
    return (
        isinstance(name, str)
        and name not in ("", ".", "..")
        and Path(name).name == name
        and "\0" not in name
        and not name.startswith(PREFIX)
    )


def _make_folder(output: Path) -> list[Path]:
    """Make a folder with its parents; return those that are new, innermost first."""
    if output.exists() and not output.is_dir():
        raise InputError(f"'{output}' is a file. Name a folder with --output.")
    new = [path for path in (output, *output.parents) if not path.exists()]
    with _explained(output):
        output.mkdir(parents=True, exist_ok=True)
    return new


@contextlib.contextmanager
def _locked(path: Path, output: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold a lock for an output. The system releases it if this process is killed."""
    end = time.monotonic() + wait_s
    with _explained(output):
        file = _open_locked(path)
        while file is None and time.monotonic() < end:
            time.sleep(0.02)
            file = _open_locked(path)
    if file is None:
        raise InputError(f"Another command is writing to '{output}'. Wait until it has finished.")
    try:
        yield
    finally:
        if os.name == "posix":
            path.unlink(missing_ok=True)
            file.close()
        else:
            file.close()
            with contextlib.suppress(OSError):
                path.unlink()


def _open_locked(path: Path) -> TextIO | None:
    """Return the open, locked file, or None if another process has the lock."""
    while True:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise InputError(f"'{path}' is not a file of assetmap. Remove it and run the command again.")
        opened = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        file = os.fdopen(opened, "a", encoding="utf-8")
        try:
            _lock(file)
        except OSError as error:
            if error.errno in _LOCKED:
                file.close()
                return None
            return file  # this drive has no locks
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()  # the other command removed the file between our opening and locking it


if sys.platform == "win32":
    import msvcrt

    def _lock(file: TextIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: TextIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _explained(output: Path) -> Iterator[None]:
    """Turn an error of the operating system into one sentence with a way out."""
    try:
        yield
    except OSError as error:
        raise InputError(_sentence(error, output)) from error


def _sentence(error: OSError, output: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full, so '{output}' was not changed. Free some space or choose another folder with --output."
    name = Path(str(error.filename)).name if error.filename else str(output)
    if isinstance(error, PermissionError):
        return (
            f"'{name}' in '{output}' cannot be replaced. Close it in other programs, such as Excel or QGIS, check that you "
            "may write there, and run the command again. The earlier files are unchanged."
        )
    return (
        f"'{output}' cannot be written ({name}: {error.strerror or error}). The earlier files are unchanged."
    )
