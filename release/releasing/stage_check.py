"""Step 5: looks at what is staged as strangers will get it."""
import os
import re
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

from . import bill_of_materials, house
from .dependencies import NAMESPACE, OPTIONAL, direct_dependencies
from .refusal import Refusal

NEWEST_CLASS_FILE = 61
_JAR = os.path.join(os.environ["JAVA_HOME"], "bin", "jar")
FORBIDDEN = ("<parent>", "${", "SNAPSHOT", "<scope>test</scope>", "dowel-test-services", "dowel-build")
LICENCE = "META-INF/LICENSE"
REQUIRED = ("name", "description", "url", "licenses/license/name", "developers/developer/name", "scm/url")


def check(stage: Path, versions: dict, tree: Path) -> None:
    """Refuses what must not be published; the tree says what is expected."""
    for module, version in versions.items():
        base = house.folder(stage, module, version) / f"{house.artifact(module)}-{version}"
        pom = Path(f"{base}.pom")
        if not pom.exists():
            raise Refusal(f"{module} {version} has no pom in the stage")
        _check_pom(module, pom)
        if module == house.BOM:
            _check_bom(pom, house.modules(tree))
            continue
        for kind in ("", "-sources", "-javadoc"):
            _check_licence(module, Path(f"{base}{kind}.jar"), tree / "LICENSE")
        _check_jar(module, Path(f"{base}.jar"))
        _check_dependencies(module, pom, tree / "consumers" / "dependencies")
        bill_of_materials.check(module, Path(f"{base}-cyclonedx.json"), tree / "consumers" / "dependencies")


def _check_pom(module: str, pom: Path) -> None:
    text = pom.read_text()
    for word in FORBIDDEN:
        if word in text:
            raise Refusal(f"the pom of {module} contains {word}")
    project = ElementTree.fromstring(text)
    for name in REQUIRED:
        if not project.findtext(name, "", NAMESPACE).strip():
            raise Refusal(f"the pom of {module} has no {name}")
    if project.findtext("licenses/license/name", "", NAMESPACE) != "Apache-2.0":
        raise Refusal(f"the licence of {module} is not Apache-2.0")


def _check_bom(pom: Path, modules: list) -> None:
    project = ElementTree.parse(pom).getroot()
    if project.find("dependencies", NAMESPACE) is not None or project.find("properties", NAMESPACE) is not None:
        raise Refusal("the BOM has dependencies or properties of its own")
    entries = project.findall("dependencyManagement/dependencies/dependency", NAMESPACE)
    for entry in entries:
        parts = {part.tag.split("}")[1]: part.text for part in entry}
        if set(parts) != {"groupId", "artifactId", "version"} or parts["groupId"] != house.GROUP:
            raise Refusal(f"an entry of the BOM is not just an artifact of ours: {parts}")
        if not re.fullmatch(r"[0-9.]+", parts["version"]):
            raise Refusal(f"the BOM's version of {parts['artifactId']} is not a number: {parts['version']}")
    named = sorted(entry.findtext("artifactId", "", NAMESPACE) for entry in entries)
    if named != sorted(house.artifact(module) for module in modules):
        raise Refusal(f"the BOM names {', '.join(named)}")


def _check_licence(module: str, jar: Path, licence: Path) -> None:
    if not jar.exists():
        raise Refusal(f"{module} has no {jar.name}")
    with zipfile.ZipFile(jar) as content:
        if LICENCE not in content.namelist() or content.read(LICENCE) != licence.read_bytes():
            raise Refusal(f"{jar.name} does not hold the licence as {LICENCE}")


def _check_jar(module: str, jar: Path) -> None:
    described = subprocess.run([_JAR, "--describe-module", "--file", str(jar)], text=True, capture_output=True)
    if not re.search(rf"^{re.escape(house.module_name(module))}(@\S+)? automatic$", described.stdout, re.MULTILINE):
        raise Refusal(f"the jar of {module} is not the module {house.module_name(module)}", described.stdout)
    with zipfile.ZipFile(jar) as content:
        for name in content.namelist():
            if name.endswith(".class"):
                major = struct.unpack(">H", content.read(name)[6:8])[0]
                if major > NEWEST_CLASS_FILE:
                    raise Refusal(f"{name} in the jar of {module} needs a newer Java than 17")


def _check_dependencies(module: str, pom: Path, expected: Path) -> None:
    listed = (expected / f"{module}.txt").read_text().splitlines()
    found = [name + (OPTIONAL if version.endswith(OPTIONAL) else "") for name, version in direct_dependencies(pom).items()]
    if sorted(found) != sorted(listed):
        difference = sorted(set(found) ^ set(listed))
        raise Refusal(f"the dependencies of {module} are not those in its list: {', '.join(difference)}")
