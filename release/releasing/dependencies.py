"""What a published pom depends on."""
import xml.etree.ElementTree as ElementTree
from pathlib import Path

NAMESPACE = {"": "http://maven.apache.org/POM/4.0.0"}
OPTIONAL = " (optional)"


def direct_dependencies(pom: Path) -> dict:
    """Returns the versions of the direct dependencies by group:artifact:scope, with a mark on optional ones."""
    found = {}
    for dependency in ElementTree.parse(pom).findall("dependencies/dependency", NAMESPACE):

        def value(name: str, default: str) -> str:
            return dependency.findtext(name, default, NAMESPACE)

        optional = OPTIONAL if value("optional", "false") == "true" else ""
        name = f"{value('groupId', '')}:{value('artifactId', '')}:{value('scope', 'compile')}"
        found[name] = value("version", "") + optional
    return found
