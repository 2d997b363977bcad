"""Step 9: publishes from the tags, gets everything back as a stranger would, and only then pushes."""
import filecmp
import time
from pathlib import Path

from . import house, maven, reproduction
from .fresh import FreshRepository
from .git import Git
from .refusal import Refusal
from .request import Request

# Maven Central takes some minutes to show what it has taken.
PATIENCE = 30 * 60


def commit(request: Request, git: Git, message: str) -> None:
    git.run("commit", "--quiet", "--all", *([] if request.signed else ["--no-gpg-sign"]), "-m", message)


def commit_and_tag(request: Request, git: Git) -> list:
    commit(request, git, f"Release {request}")
    tags = [house.tag(request.module, request.version), house.tag(house.BOM, request.bom_version)]
    for tag in tags:
        git.run("tag", *(["--sign"] if request.signed else ["--no-sign", "--annotate"]), "-m", f"Release {request}", tag)
    return tags


def publish(request: Request, git: Git, stage: Path, work: Path) -> None:
    """Publishes the module, then the BOM, but for what a run before this one has published already."""
    versions = {request.module: request.version, house.BOM: request.bom_version}
    before = FreshRepository(work / "before", request.repository)
    missing = []
    for module, version in versions.items():
        kinds = _kinds(stage, module, version)
        # An upload to one's own repository may have been cut off.
        there = before.find(module, version, kinds)
        _check_same(module, version, there, stage, "was published before, but differs: release the next patch")
        signatures = [(f"{end}.asc", classifier) for end, classifier in kinds] if request.signed else []
        if len(there) == len(kinds) and len(before.find(module, version, signatures)) == len(signatures):
            print(f"      {module} {version} is published already, with the same bytes")
        else:
            missing.append(module)
    if missing:
        _deploy(request, git, missing)
    for module in missing:
        kinds = _kinds(stage, module, versions[module])
        published = _wait_for(request, module, versions[module], kinds, work)
        _check_same(module, versions[module], published, stage, "is published, but is not what was staged")
        print(f"      {module} {versions[module]} is published, with the bytes of the stage")


def _deploy(request: Request, git: Git, modules: list) -> None:
    profiles = ["release"] + (["sign"] if request.signed else []) + ([] if request.repository else ["central"])
    target = [f"-DaltDeploymentRepository=published::{request.repository}"] if request.repository else []
    maven.run(
        git.folder, "-q", f"-P{','.join(profiles)}", "-pl", ",".join(modules), "-am", "deploy", *target,
        "-DskipTests", "-Dspotless.check.skip", "-Dmaven.install.skip=true",
        doing=f"publishing {', '.join(modules)}", variables=request.keys,
    )


def _wait_for(request: Request, module: str, version, kinds: list, work: Path) -> list:
    until = time.monotonic() + (0 if request.repository else PATIENCE)
    attempt = 1
    while True:
        fresh = FreshRepository(work / f"after-{module}-{attempt}", request.repository)
        try:
            return fresh.fetch(module, version, kinds)
        except Refusal:
            if time.monotonic() >= until:
                raise
        time.sleep(30)
        attempt += 1


def _kinds(stage: Path, module: str, version) -> list:
    """Returns type and classifier of each file that is staged."""
    name = f"{house.artifact(module)}-{version}"
    return [(file.suffix[1:], file.stem[len(name):].lstrip("-")) for file in reproduction.files(stage, module, version)]


def _check_same(module: str, version, published: list, stage: Path, otherwise: str) -> None:
    for theirs in published:
        if not filecmp.cmp(house.folder(stage, module, version) / theirs.name, theirs, shallow=False):
            raise Refusal(f"{theirs.name} {otherwise}")


def push(request: Request, git: Git, home: Git, branch: str, tags: list) -> None:
    """Pushes both commits and both tags, or nothing; what is published then is kept here, to be pushed by hand."""
    url = home.run("remote", "get-url", "--push", request.remote)
    try:
        git.run("push", "--quiet", "--atomic", url, f"HEAD:refs/heads/{branch}", *tags)
    except Refusal as refusal:
        kept = f"released-{request.module}-{request.version}"
        tag_references = [f"refs/tags/{tag}:refs/tags/{tag}" for tag in tags]
        home.run("fetch", "--quiet", str(git.folder), f"HEAD:refs/heads/{kept}", *tag_references)
        raise Refusal(
            f"{request} is published, but could not be pushed: merge the branch '{kept}' and push it with both tags",
            refusal.details,
        ) from refusal
