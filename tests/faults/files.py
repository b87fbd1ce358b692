"""Copies of bundles, and their damage."""

import hashlib
import pathlib
import shutil

from manifests import read_manifest, write_manifest


def snapshot(folder) -> dict:
    """The digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(pathlib.Path(folder).rglob("*"))
        if path.is_file()
    }


def copy_repository(setting, versions=1) -> pathlib.Path:
    """A repository with that many equal versions of the model."""
    copy = setting.folder / "models"
    for version in range(1, versions + 1):
        target = copy / "digits" / str(version)
        shutil.copytree(setting.repository / "digits" / "1", target)
        if version != 1:
            renumber(target, version)
    return copy


def renumber(bundle, version):
    manifest = read_manifest(bundle)
    manifest["version"] = str(version)
    write_manifest(bundle, manifest)


def seal(bundle):
    """Makes the manifest agree with the files, as if the bundle had been published so."""
    manifest = read_manifest(bundle)
    for entry in manifest["files"]:
        content = (bundle / entry["path"]).read_bytes()
        entry["size_bytes"] = str(len(content))
        entry["sha256"] = hashlib.sha256(content).hexdigest()
    write_manifest(bundle, manifest)


def flip_bit(path, position):
    content = bytearray(path.read_bytes())
    content[position % len(content)] ^= 1
    path.write_bytes(content)


def truncate(path):
    with open(path, "r+b") as file:
        file.truncate(path.stat().st_size // 2)


def spoil_samples(bundle):
    """Damages a sample store under its readers: its blocks are of a few KiB, and every sixth or so is hit."""
    for table in (bundle / "samples").glob("*.sst"):
        with open(table, "r+b") as file:
            # What comes last is read when the store is opened.
            for position in range(1000, table.stat().st_size - 1000, 24 << 10):
                file.seek(position)
                byte = file.read(1)
                file.seek(position)
                file.write(bytes([byte[0] ^ 0x40]))
