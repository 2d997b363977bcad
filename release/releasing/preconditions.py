"""Step 1: what can be refused within seconds, before Maven starts."""
import os

from . import house
from .changelog import Changelog
from .git import Git
from .record import Record
from .refusal import Refusal
from .request import Request
from .versions import Step

MAIN = "main"


def check(request: Request, git: Git) -> Record:
    """Refuses what cannot be released, and returns what has been released before."""
    known = house.modules(git.folder)
    if request.module not in known:
        raise Refusal(f"'{request.module}' is not a module: there are {', '.join(known)}")
    if git.changed_files():
        raise Refusal(f"the work tree is not clean: {', '.join(git.changed_files()[:5])}")
    references = _remote(request, git)
    _check_signing(request, git)
    tags = git.tags() | {name[len("refs/tags/"):] for name in references if name.startswith("refs/tags/")}
    changelog = Changelog((git.folder / "CHANGELOG.md").read_text())
    record = Record(changelog, tags)
    _check_new(request, record)
    _check_bom_step(request, record)
    if not changelog.unreleased(request.module):
        _insist(request, f"CHANGELOG.md has no entry for {request.module} under Unreleased")
    return record


def _insist(request: Request, reason: str) -> None:
    """Refuses; a dry run may go on, for it also runs on branches and on modules that nobody changed."""
    if not request.dry_run:
        raise Refusal(reason)
    print(f"      a release would be refused: {reason}")


def _remote(request: Request, git: Git) -> dict:
    if git.find("branch", "--show-current") != MAIN:
        _insist(request, f"this is not the branch {MAIN}")
    try:
        references = git.remote_references(request.remote)
    except Refusal:
        _insist(request, f"the remote '{request.remote}' does not answer")
        return {}
    if references.get(f"refs/heads/{MAIN}") != git.head():
        _insist(request, f"{MAIN} is not what it is on the remote '{request.remote}': pull or push first")
    return references


def _check_signing(request: Request, git: Git) -> None:
    if request.dry_run or not request.signed:
        return
    if not git.find("config", "user.signingkey"):
        raise Refusal("git has no key to sign tags with: set user.signingkey")
    if not os.environ.get("MAVEN_GPG_KEY"):
        raise Refusal("there is no key to sign files with: set MAVEN_GPG_KEY, and MAVEN_GPG_PASSPHRASE if it has one")


def _check_new(request: Request, record: Record) -> None:
    for module, version in ((request.module, request.version), (house.BOM, request.bom_version)):
        if record.has_tag(module, version):
            raise Refusal(f"the tag {house.tag(module, version)} exists already")
        last = record.last(module)
        if last and version <= last:
            raise Refusal(f"{module} {version} is not newer than {last}, which has been released")


def _check_bom_step(request: Request, record: Record) -> None:
    last_bom, last = record.last(house.BOM), record.last(request.module)
    if not last_bom:
        return
    step = request.version.step_from(last) if last else Step.MINOR
    if request.bom_version.step_from(last_bom) < step:
        what = f"from {last} to {request.version}" if last else "to its first release"
        raise Refusal(
            f"{request.module} goes {what}, a {step} step, but the BOM only from {last_bom} to {request.bom_version}"
        )
