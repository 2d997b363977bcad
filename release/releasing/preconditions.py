"""Step 1: what can be refused within seconds, before Maven starts."""
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import house
from .bom_entries import UNRELEASED
from .changelog import Changelog
from .fresh import FreshRepository
from .git import Git
from .record import Record
from .refusal import Refusal
from .request import Request
from .versions import Step

MAIN = "main"
# The server whose token the settings hold; the pom's profile for Maven Central names it too.
CENTRAL = "central"


def check(request: Request, git: Git) -> Record:
    """Refuses what cannot be released, and returns what has been released before."""
    known = house.modules(git.folder)
    if request.module not in known:
        raise Refusal(f"'{request.module}' is not a module: there are {', '.join(known)}")
    if git.changed_files():
        raise Refusal(f"the work tree is not clean: {', '.join(git.changed_files()[:5])}")
    references = _remote(request, git)
    _check_signing(request, git)
    if not os.environ.get("OTHER_JDK"):
        _insist(request, "JDK 25 was not found: a release is tested on 17 and 25")
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
    if references.get(f"refs/heads/{MAIN}") != git.head() and not _goes_on(request, git):
        _insist(request, f"{MAIN} is not what it is on the remote '{request.remote}': pull or push first")
    return references


def _goes_on(request: Request, git: Git) -> bool:
    """Returns whether this very version is published already from a commit that the remote's main has passed since."""
    if request.dry_run:
        return False
    git.find("fetch", "--quiet", "--no-tags", "--refmap=", request.remote, MAIN)
    if git.find("merge-base", "HEAD", "FETCH_HEAD") != git.head():
        return False
    with tempfile.TemporaryDirectory(prefix="dowel-published-") as folder:
        published = FreshRepository(Path(folder).resolve() / "repository", request.repository)
        if not published.has(request.module, request.version):
            return False
    print(f"      {request.module} {request.version} is published: this run goes on where one before it ended")
    return True


def _check_signing(request: Request, git: Git) -> None:
    if request.dry_run or not request.signed:
        return
    if not git.find("config", "user.signingkey"):
        raise Refusal("git has no key to sign tags with: set user.signingkey")
    if not request.keys.get("MAVEN_GPG_KEY"):
        raise Refusal("there is no key to sign files with: set MAVEN_GPG_KEY, and MAVEN_GPG_PASSPHRASE if it has one")
    if not request.repository and CENTRAL not in _servers():
        raise Refusal(f"Maven's settings have no server '{CENTRAL}', with the token of the Central Portal")


def _servers() -> set:
    """Returns the servers that the user's settings of Maven name, and those of the installation."""
    said = subprocess.run(["mvn", "-B", "-Dstyle.color=never", "--version"], text=True, capture_output=True).stdout
    home = re.search(r"^(?:\x1b\[[0-9;]*m)*Maven home: (.+)$", said, re.MULTILINE)
    files = [Path.home() / ".m2" / "settings.xml"] + ([Path(home[1]) / "conf" / "settings.xml"] if home else [])
    try:
        parsed = [ElementTree.parse(file) for file in files if file.exists()]
    except ElementTree.ParseError as error:
        raise Refusal(f"Maven's settings cannot be read: {error}") from error
    return {each.text for settings in parsed for each in settings.findall("{*}servers/{*}server/{*}id")}


def _check_new(request: Request, record: Record) -> None:
    for module, version in ((request.module, request.version), (house.BOM, request.bom_version)):
        if record.has_tag(module, version):
            raise Refusal(f"the tag {house.tag(module, version)} exists already")
        last = record.last(module)
        if last and version <= last:
            raise Refusal(f"{module} {version} is not newer than {last}, which has been released")
    if not record.last(request.module) and record.last(house.BOM) and request.version != UNRELEASED:
        raise Refusal(f"the first release of {request.module} must be {UNRELEASED}, which BOMs that are out name already")


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
