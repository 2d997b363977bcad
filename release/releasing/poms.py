"""Reads and changes single values of poms as text, so that nothing else in them moves."""
import re
from pathlib import Path

from . import house
from .refusal import Refusal
from .versions import Version


def _change(pom: Path, pattern: str, value: str) -> None:
    text, count = re.subn(pattern, lambda found: found[1] + value + found[2], pom.read_text())
    if count != 1:
        raise Refusal(f"{pom.parent.name}/pom.xml should have one place for {value}, but has {count}")
    pom.write_text(text)


def _own_version(module: str) -> str:
    return rf"(<artifactId>{house.artifact(module)}</artifactId>\s*<version>)[^<]+(</version>)"


def _property(name: str) -> str:
    return rf"(<{re.escape(name)}>)[^<]*(</{re.escape(name)}>)"


def snapshot(tree: Path, module: str) -> Version:
    """Returns what the pom of a module says, without -SNAPSHOT: the version that its next release has."""
    found = re.search(_own_version(module).replace("[^<]+", "([^<]+)"), (tree / module / "pom.xml").read_text())
    return Version.parse(found[2].removesuffix("-SNAPSHOT"))


def set_version(tree: Path, module: str, version: str) -> None:
    """Sets the version of a module in its pom, and in the root pom where the example and the benchmarks find it."""
    _change(tree / module / "pom.xml", _own_version(module), version)
    if module != house.BOM:
        _change(tree / "pom.xml", _property(f"dowel.{module}.version"), version)


def set_timestamp(tree: Path, timestamp: str) -> None:
    _change(tree / "pom.xml", _property("project.build.outputTimestamp"), timestamp)


def set_entry(tree: Path, module: str, version: Version) -> None:
    _change(tree / "bom" / "pom.xml", _property(f"released.{module}"), str(version))


def entries(text: str) -> dict:
    """Returns the versions that the BOM names, by module, from the text of bom/pom.xml."""
    named = dict(re.findall(r"<released\.([^>]+)>([^<]*)</released\.", text))
    managed = re.findall(r"<artifactId>dowel-([^<]+)</artifactId>\s*<version>\$\{released\.([^}]+)\}", text)
    for module, name in managed:
        if module != name or name not in named:
            raise Refusal(f"the BOM's entry for {module} takes its version from 'released.{name}'")
    if len(managed) != len(named):
        raise Refusal("the BOM has properties without an entry, or an entry twice")
    return {module: Version.parse(named[module]) for module, _ in managed}
