"""Looks at a consumer's local repository: every entry of the BOM was resolved, and is the very file of the stage."""
import filecmp
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import house
from .dependencies import NAMESPACE


def check(resolved: Path, stage: Path, bom_version: str) -> None:
    bom = house.folder(resolved, house.BOM, bom_version) / f"dowel-bom-{bom_version}.pom"
    for entry in ElementTree.parse(bom).findall("dependencyManagement/dependencies/dependency", NAMESPACE):
        artifact, version = (entry.findtext(part, "", NAMESPACE) for part in ("artifactId", "version"))
        file = Path(*house.GROUP.split("."), artifact, version, f"{artifact}-{version}.jar")
        if not (resolved / file).exists():
            sys.exit(f"consumers: {artifact} {version} was not resolved")
        if (stage / file).exists() and not filecmp.cmp(resolved / file, stage / file, shallow=False):
            sys.exit(f"consumers: {artifact} {version} did not come from the stage")


if __name__ == "__main__":
    check(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
