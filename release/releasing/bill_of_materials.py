"""The bill of materials of a module (CycloneDX): its licences, and its resolved dependencies against the lock."""
import json
import re
from pathlib import Path

from .refusal import Refusal

SPECIFICATION = "1.6"
# What may be on the class path of a service that uses us; of several licences one must be here.
LICENCES = {"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "EPL-2.0", "MIT", "MIT-0", "MPL-2.0"}


def check(module: str, bill: Path, locks: Path) -> None:
    """Refuses licences that are not known, and dependencies that resolve to other than the lock says."""
    if not bill.exists():
        raise Refusal(f"{module} has no bill of materials")
    if json.loads(bill.read_text()).get("specVersion") != SPECIFICATION:
        raise Refusal(f"the bill of materials of {module} is not one of CycloneDX {SPECIFICATION}")
    for component in _components(bill):
        if not LICENCES.intersection(_licences(component)):
            raise Refusal(f"the licence of {_name(component)}, which {module} needs, is not one of those known")
    locked = (locks / f"{module}.lock").read_text()
    if lock(bill) != locked:
        difference = sorted(set(lock(bill).splitlines()) ^ set(locked.splitlines()))
        raise Refusal(f"the dependencies of {module} do not resolve to its lock", "\n".join(difference))


def lock(bill: Path) -> str:
    """Returns what a module's dependencies resolve to, one a line, with the licences."""
    return "".join(sorted(f"{_name(each)} {' '.join(_licences(each))}\n" for each in _components(bill)))


def _components(bill: Path) -> list:
    return json.loads(bill.read_text()).get("components", [])


def _name(component: dict) -> str:
    return f"{component['group']}:{component['name']}:{component['version']}"


def _licences(component: dict) -> list:
    parts = []
    for choice in component.get("licenses", []):
        licence = choice.get("license", {})
        parts += re.split(r" OR ", choice.get("expression", "")) + [licence.get("id") or licence.get("name") or ""]
    return sorted({part.strip("() ") for part in parts} - {""})
