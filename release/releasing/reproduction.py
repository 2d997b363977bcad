"""Step 7: what is built again, elsewhere, is the same byte for byte."""
import filecmp
from pathlib import Path

from . import house
from .refusal import Refusal


def files(stage: Path, module: str, version) -> list:
    """Returns the files of a version that are its own: all but checksums, signatures and metadata."""
    folder = house.folder(stage, module, version)
    return sorted(path for path in folder.glob(f"{house.artifact(module)}-*") if path.suffix in (".jar", ".pom", ".json"))


def compare(stage: Path, again: Path, versions: dict) -> int:
    """Refuses files that differ, and returns how many are the same."""
    same = 0
    for module, version in versions.items():
        first, second = files(stage, module, version), files(again, module, version)
        if [path.name for path in first] != [path.name for path in second]:
            raise Refusal(f"building {module} {version} again gave other files")
        for one, other in zip(first, second):
            if not filecmp.cmp(one, other, shallow=False):
                raise Refusal(f"building {module} {version} again gave another {one.name}")
            same += 1
    return same
