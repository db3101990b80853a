"""Where a folder lies: on this computer, on a network drive, or in a folder that a program copies to other computers.

SQLite's shared memory (WAL) works on one computer only, and locks on network drives cannot be trusted. There the store uses
a rollback journal, and a file beside it says which process owns it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from assetmap.errors import InputError

STORE_NAME: Final = "assetmap.db"
"""The store in the folder of a project."""

LOCAL: Final = "local"

NETWORK: Final = "network"

SYNCED: Final = "synced"

NETWORK_SYSTEMS: Final = frozenset([
    "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.rclone",
    "fuse.s3fs", "fuse.sshfs", "fuse.vmhgfs-fuse", "gfs2", "glusterfs", "fuse.glusterfs", "lustre", "ncpfs", "nfs", "nfs4",
    "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "webdav",
])  # fmt: skip
"""Kinds of file system, as the system calls them, that lie on another computer."""

SYNCED_NAMES: Final = (
    ("OneDrive", re.compile(r"(?i)onedrive(?: ?- ?.+)?|sharepoint(?: ?- ?.+)?")),
    ("Dropbox", re.compile(r"(?i)dropbox(?: \(.+\))?")),
    ("Google Drive", re.compile(r"(?i)google ?drive(?: ?- ?.+| \(.+\))?|my drive|googledrive-.+")),
    ("iCloud Drive", re.compile(r"(?i)icloud ?drive|com~apple~clouddocs|mobile documents")),
    ("Nextcloud", re.compile(r"(?i)nextcloud(?: ?- ?.+)?|owncloud(?: ?- ?.+)?")),
    ("Box", re.compile(r"(?i)box sync|box-box")),
    (
        "another service",
        re.compile(r"(?i)cloudstorage|pcloud ?drive|mega(?:sync)?|syncthing|seafile|tresorit|egnyte.*"),
    ),
)
"""Names of folders that a program copies to other computers."""

MARKERS: Final = (
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".sync_journal.db", "Nextcloud"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "Nextcloud"),
    (".stfolder", "Syncthing"),
    (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
)
"""Files that such programs leave in their folders."""

ONEDRIVE_VARIABLES: Final = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")

DRIVE_REMOTE: Final = 4


@dataclass(frozen=True)
class FolderKind:
    """Where a folder lies.

    kind : ``local``, ``network`` or ``synced``.
    name : ``OneDrive``, ``Dropbox``, ``network drive (cifs)`` ...; empty for a local folder.
    sentence : what that means for the store, and what to do; empty for a local folder.
    """

    kind: str
    name: str = ""
    sentence: str = ""


def has_store(folder: str | Path) -> bool:
    """Say whether a project folder has a store.

    Examples
    --------
    >>> st.has_store(store.folder), st.has_store("elsewhere")
    (True, False)
    """
    return (Path(folder) / STORE_NAME).is_file()


def folder_kind(folder: str | Path) -> FolderKind:
    """Say where a folder lies.

    Parameters
    ----------
    folder
        It need not exist; then its nearest parent counts.

    Returns
    -------
    FolderKind
        ``local``; ``network`` (a share, by its address or by the kind of its file system); or ``synced`` (OneDrive, Dropbox
        and others, by the name of a folder above it or by the files that they leave).

    Examples
    --------
    >>> st.folder_kind(store.folder).kind
    'local'
    """
    path = Path(os.path.abspath(folder))  # noqa: PTH100 (a link to a share must not be followed into an error)
    with_links = [path]
    try:
        with_links.append(path.resolve())
    except OSError:
        return _network("not reachable")
    for each in with_links:
        found = _network_name(each)
        if found:
            return _network(found)
    for each in with_links:
        name = _synced_name(each)
        if name:
            return FolderKind(
                SYNCED,
                name,
                f"'{folder}' is copied to other computers by {name}. Only one program may have this project open, on one "
                f"computer at a time: wait until {name} has finished before you open it on another. Safer: work on a copy on "
                "this computer (copy_project).",
            )
    return FolderKind(LOCAL)


def copy_project(folder: str | Path, target: str | Path) -> Path:
    """Copy a project with its store to another folder, for instance from a network drive to this computer.

    Parameters
    ----------
    folder
        Of the project. The store is copied as it is at one moment, also while an app has it open.
    target
        A new or empty folder.

    Returns
    -------
    pathlib.Path
        The target.

    Raises
    ------
    InputError
        If the target has files in it, or something cannot be copied; then nothing is left there.

    Examples
    --------
    >>> (st.copy_project(store.folder, "copy") / "assetmap.db").is_file()
    True
    """
    from assetmap.project.output import write_whole
    from assetmap.project.store.database import backup

    folder, target = Path(folder), Path(target)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"'{target}' is not empty. Choose the name of a new folder.")
    if not folder.is_dir():
        raise InputError(f"There is no folder '{folder}'.")

    def write(new: Path) -> None:
        for file in sorted(folder.iterdir()):
            if file.is_file() and not file.name.startswith((STORE_NAME, ".assetmap-")):
                shutil.copyfile(file, new / file.name)
        if (folder / STORE_NAME).is_file():
            backup(folder, new / STORE_NAME)

    write_whole(target, write)
    return target


def mounted_on(path: PurePosixPath, mounts: Iterable[tuple[str, str]]) -> str:
    """Return the kind of file system that a path lies on.

    Parameters
    ----------
    path
        Absolute.
    mounts
        Where each file system begins, and its kind, in the order in which they were mounted: the last of equals counts.

    Examples
    --------
    >>> mounted_on(PurePosixPath("/mnt/share/project"), [("/", "ext4"), ("/mnt/share", "cifs"), ("/mnt/sha", "nfs")])
    'cifs'
    """
    found, depth = "", -1
    for point, kind in mounts:
        where = PurePosixPath(point)
        if (path == where or where in path.parents) and len(where.parts) >= depth:
            found, depth = kind, len(where.parts)
    return found


def _network(name: str) -> FolderKind:
    return FolderKind(
        NETWORK,
        f"network drive ({name})",
        f"The project lies on a network drive ({name}). Only one program may have it open at a time; the file "
        "assetmap.db.lock says who. Safer and faster: work on a copy on this computer (copy_project).",
    )


def _network_name(path: Path) -> str:
    text = str(path)
    if text.startswith(("\\\\", "//")) and not text.startswith(("\\\\?\\", "\\\\.\\")):
        return "UNC path"
    if text.upper().startswith("\\\\?\\UNC\\"):
        return "UNC path"
    if sys.platform == "win32":
        import ctypes

        system: object = ctypes.windll.kernel32.GetDriveTypeW(path.drive + "\\")
        return "mapped drive" if system == DRIVE_REMOTE else ""
    kind = mounted_on(PurePosixPath(text), _mounts())
    return kind if kind in NETWORK_SYSTEMS else ""


def _mounts() -> list[tuple[str, str]]:
    """Return where each file system of this computer begins, and its kind."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return _mounts_by_command()
    found = []
    for line in lines:
        fields = line.split(" ")
        if "-" in fields[6:]:
            point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
            found.append((point, fields[fields.index("-", 6) + 1]))
    return found


def _mounts_by_command() -> list[tuple[str, str]]:
    """Ask ``mount``, as macOS and the BSDs have it: ``//me@server/share on /Volumes/share (smbfs, nodev)``."""
    try:
        said = subprocess.run(["mount"], capture_output=True, check=False, timeout=5, text=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return re.findall(r"^.* on (/.*?) \((\w+)", said, flags=re.M)


def _synced_name(path: Path) -> str:
    for variable in ONEDRIVE_VARIABLES:
        root = os.environ.get(variable)
        if root and (path == Path(root) or Path(root) in path.parents):
            return "OneDrive"
    for part in path.parts[1:]:
        for name, pattern in SYNCED_NAMES:
            if pattern.fullmatch(part):
                return name
    for above in (path, *path.parents):
        for marker, name in MARKERS:
            if (above / marker).exists():
                return name
    return ""
