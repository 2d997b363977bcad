"""Step 5: builds what would be published into a folder that is a Maven repository."""
import shutil
from pathlib import Path

from . import house, maven, poms
from .fresh import FreshRepository
from .git import Git
from .record import Record
from .refusal import Refusal
from .request import Request


# What is not published from here needs no more than its jar.
JAR_ONLY = ("-Dmaven.javadoc.skip", "-Dmaven.source.skip")


def build(tree: Path, modules: list, stage: Path, *options: str) -> None:
    """Builds the modules of a tree, as their poms name them, and puts their files into the stage."""
    maven.run(
        tree, "-q", "-Prelease", "-pl", ",".join(modules), "-am", "deploy", "-DskipTests", "-Dspotless.check.skip", *options,
        "-Dmaven.install.skip=true", f"-DaltDeploymentRepository=staging::{stage.as_uri()}",
        doing=f"building {', '.join(modules)}",
    )


def copy(tree: Path, to: Path) -> Path:
    """Copies the sources of a tree."""
    shutil.copytree(tree, to, ignore=shutil.ignore_patterns("target", ".git"))
    return to


def build_unpublished(request: Request, git: Git, record: Record, entries: dict, stage: Path, work: Path) -> None:
    """Adds the BOM's other entries that are not published: from their tags, and without one from the tree as it is."""
    published = FreshRepository(work / "published", request.repository)
    from_tree = []
    for module, version in entries.items():
        if module == request.module:
            continue
        tag = house.tag(module, version)
        if record.last(module) is None:
            from_tree.append(module)
        elif not published.has(module, version):
            if not git.find("tag", "--list", tag):
                raise Refusal(f"{module} {version} is not published, and its tag {tag} is not here: fetch the tags")
            tagged = git.clone_to(work / tag)
            tagged.run("checkout", "--quiet", tag)
            build(tagged.folder, [module], stage, *JAR_ONLY)
    if from_tree:
        tree = copy(git.folder, work / "unreleased")
        for module in from_tree:
            poms.set_version(tree, module, str(entries[module]))
        build(tree, from_tree, stage, *JAR_ONLY)
