"""CHANGELOG.md: one section for what is unreleased, with a part for each module, and one for each release."""
import re

from . import house
from .refusal import Refusal
from .versions import Version

GROUPS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_RELEASE = re.compile(r"^## ([a-z-]+) ([0-9.]+) \([0-9-]{10}\)$")
_UNRELEASED = "## Unreleased"


class Changelog:
    def __init__(self, text: str):
        before, heading, rest = text.partition(_UNRELEASED + "\n")
        if not heading:
            raise Refusal(f"CHANGELOG.md has no line '{_UNRELEASED}'")
        end = re.search(r"^## ", rest, re.MULTILINE)
        cut = end.start() if end else len(rest)
        self._before = before
        self._unreleased = _parts(rest[:cut])
        self._releases = rest[cut:]

    def unreleased(self, module: str) -> list:
        """Returns the entries of a module, each with its further lines."""
        return self._unreleased.get(module, [])

    def parts(self) -> list:
        return list(self._unreleased)

    def released(self, module: str) -> list:
        """Returns the versions of a module that have a section."""
        found = (_RELEASE.match(line) for line in self._releases.splitlines())
        return [Version.parse(each[2]) for each in found if each and each[1] == module]

    def all_released(self) -> set:
        """Returns what has a section: modules, and the BOM."""
        return {found[1] for found in map(_RELEASE.match, self._releases.splitlines()) if found}

    def release(self, module: str, version: Version, bom_version: Version, date: str) -> str:
        """Returns the text in which what was unreleased of the module and the BOM stands under dated headings."""
        rest = {name: entries for name, entries in self._unreleased.items() if name not in (module, house.BOM)}
        lines = [_UNRELEASED, ""]
        for name, entries in rest.items():
            lines += [f"### {name}", "", *entries, ""]
        lines += [f"## {module} {version} ({date})", "", *_grouped(self.unreleased(module))]
        lines += [f"## bom {bom_version} ({date})", "", *self.unreleased(house.BOM), f"- {module} {version}"]
        tail = "\n" + self._releases if self._releases else ""
        return self._before + "\n".join(lines) + "\n" + tail


def _parts(text: str) -> dict:
    parts, entries = {}, None
    for line in text.splitlines():
        if line.startswith("### "):
            entries = parts.setdefault(line[4:], [])
        elif line.startswith("- ") and entries is not None:
            if not re.match(rf"- ({'|'.join(GROUPS)}): ", line):
                raise Refusal(f"CHANGELOG.md has an entry that begins with none of {', '.join(GROUPS)}: '{line}'")
            entries.append(line)
        elif line.startswith("  ") and entries:
            entries[-1] += "\n" + line
        elif line.strip():
            raise Refusal(f"CHANGELOG.md has under Unreleased what is neither a module nor an entry: '{line}'")
    return parts


def _grouped(entries: list) -> list:
    """Sorts entries under the groups that they begin with."""
    groups = {group: [] for group in GROUPS}
    for entry in entries:
        group, _, words = entry[2:].partition(": ")
        groups[group].append("- " + words)
    return [line for group, members in groups.items() if members for line in (f"### {group}", "", *members, "")]
