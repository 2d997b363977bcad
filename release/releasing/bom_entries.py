"""Step 3: the BOM names what has been released, all of it, and changes in one entry only."""

from . import house, poms
from .git import Git
from .record import Record
from .refusal import Refusal
from .request import Request
from .versions import Version

UNRELEASED = Version(0, 1, 0)


def check(request: Request, git: Git, record: Record) -> dict:
    """Refuses a BOM that is not true, and returns its entries."""
    entries = poms.entries((git.folder / "bom" / "pom.xml").read_text())
    _check_complete(entries, house.modules(git.folder), record)
    for module, version in entries.items():
        if module != request.module:
            _check_released(module, version, record)
    _check_change(request, entries, _last_entries(git, record))
    return entries


def _check_complete(entries: dict, modules: list, record: Record) -> None:
    for module in sorted(record.modules()):
        if module not in entries:
            raise Refusal(f"the BOM no longer names {module}, which has been released: who pins through it would lose it")
    for module in modules:
        if module not in entries:
            raise Refusal(f"the BOM has no entry for {module}")
    for module in entries:
        if module not in modules:
            raise Refusal(f"the BOM has an entry for {module}, which is not a module")


def _check_released(module: str, version: Version, record: Record) -> None:
    last = record.last(module)
    if last is None and version == UNRELEASED:
        return
    if last is None or version not in record.versions(module):
        raise Refusal(f"the BOM names {module} {version}, which was never released")
    if record.has_tags() and not record.has_tag(module, version):
        raise Refusal(f"the BOM names {module} {version}, but there is no tag {house.tag(module, version)}")
    if version != last:
        raise Refusal(f"the BOM names {module} {version}, but {last} has been released")


def _last_entries(git: Git, record: Record) -> dict:
    """Returns what the last BOM named; before the first, and without its tag, what the last commit names."""
    last = record.last(house.BOM)
    at = house.tag(house.BOM, last) if last and git.find("tag", "--list", house.tag(house.BOM, last)) else "HEAD"
    return poms.entries(git.run("show", f"{at}:bom/pom.xml"))


def _check_change(request: Request, entries: dict, before: dict) -> None:
    for module, version in entries.items():
        old = before.get(module)
        if old and version < old:
            raise Refusal(f"the BOM takes {module} down from {old} to {version}")
        if old and version != old and module != request.module:
            raise Refusal(f"the BOM changes {module} from {old} to {version}, besides {request.module}")
