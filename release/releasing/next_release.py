"""Prints what the next release of a module would be, as its pom says, for release.sh: MODULE VERSION BOM_VERSION."""
import sys
from pathlib import Path

from . import house, poms
from .changelog import Changelog
from .git import Git
from .record import Record
from .versions import Step


def next_release(tree: Path, module: str) -> tuple:
    record = Record(Changelog((tree / "CHANGELOG.md").read_text()), Git(tree).tags())
    version, bom_version = poms.snapshot(tree, module), poms.snapshot(tree, house.BOM)
    last_bom, last = record.last(house.BOM), record.last(module)
    if last_bom:
        bom_version = last_bom.after(version.step_from(last) if last else Step.MINOR)
    return version, bom_version


if __name__ == "__main__":
    named = sys.argv[1:] or house.modules(Path.cwd())
    for each in named:
        print(each, *next_release(Path.cwd(), each))
