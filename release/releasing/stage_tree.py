"""Stages the work tree as it is: every module, with the version that the BOM names, and the BOM."""
import sys
import tempfile
from pathlib import Path

from . import bill_of_materials, house, poms, stage_check, staging
from .refusal import Refusal


def stage(tree: Path, into: Path, relock: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="dowel-stage-") as work:
        copied = staging.copy(tree, Path(work).resolve() / "tree")
        versions = poms.entries((tree / "bom" / "pom.xml").read_text())
        versions[house.BOM] = poms.snapshot(tree, house.BOM)
        for module, version in versions.items():
            poms.set_version(copied, module, str(version))
        staging.build(copied, list(versions), into)
    if relock:
        write_locks(tree, into, versions)
    stage_check.check(into, versions, tree)


def write_locks(tree: Path, stage: Path, versions: dict) -> None:
    for module in house.modules(tree):
        bill = house.folder(stage, module, versions[module]) / f"dowel-{module}-{versions[module]}-cyclonedx.json"
        (tree / "consumers" / "dependencies" / f"{module}.lock").write_text(bill_of_materials.lock(bill))


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--relock"]
    try:
        stage(Path.cwd(), Path(arguments[0]).resolve(), "--relock" in sys.argv)
    except Refusal as refusal:
        sys.exit(f"stage: {refusal}\n{refusal.details}")
