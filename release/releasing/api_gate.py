"""Step 6: the version goes as far as what changed for callers: API and dependencies, against the last release."""
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import house, maven
from .dependencies import direct_dependencies
from .fresh import FreshRepository
from .refusal import Refusal
from .versions import Step, Version

GATE = Path(__file__).resolve().parents[1] / "api-gate"


def check(module: str, old: Version, new: Version, stage: Path, fresh: FreshRepository, work: Path) -> Step:
    """Refuses a step that is smaller than the change, and returns the step that the change needs."""
    maven.run(
        GATE, "-q", *fresh.options(), "com.github.siom79.japicmp:japicmp-maven-plugin:cmp", f"-Dgate.folder={work}",
        f"-Dgate.artifact={house.artifact(module)}", f"-Dgate.old={old}", f"-Dgate.new={new}",
        doing=f"comparing {module} {new} with {old}",
    )
    reports = list(work.glob("japicmp/*.xml"))
    if len(reports) != 1:
        raise Refusal(f"comparing {module} {new} with {old} left no report")
    baseline, staged = (
        house.folder(repository, module, version) / f"{house.artifact(module)}-{version}.pom"
        for repository, version in ((fresh.folder, old), (stage, new))
    )
    needed, why = max(_api_change(ElementTree.parse(reports[0])), _dependency_change(baseline, staged))
    if new.major == 0:
        # Before 1.0.0 a minor step may break what it likes.
        needed = min(needed, Step.MINOR)
    step = new.step_from(old)
    if step < needed:
        raise Refusal(f"{module} {new} is a {step} step from {old}, but {why}: that needs a {needed} step")
    return needed


def _api_change(report) -> tuple:
    additions = []
    for kind in report.iter("class"):
        changes = list(kind.iter("compatibilityChange"))
        broken = [each for each in changes if "false" in (each.get("binaryCompatible"), each.get("sourceCompatible"))]
        if broken:
            return Step.MAJOR, f"{kind.get('fullyQualifiedName')} is incompatible ({broken[0].get('type').lower()})"
        if any(part.get("changeStatus") == "NEW" for part in kind.iter()):
            additions.append(f"{kind.get('fullyQualifiedName')} is or has something new")
    return (Step.MINOR, additions[0]) if additions else (Step.PATCH, "")


def _dependency_change(baseline: Path, staged: Path) -> tuple:
    before, after = direct_dependencies(baseline), direct_dependencies(staged)
    for dependency in sorted({*before, *after}):
        if before.get(dependency) != after.get(dependency):
            change = f"{before.get(dependency, 'none')} to {after.get(dependency, 'none')}"
            return Step.MINOR, f"the dependency {dependency} changed from {change}"
    return Step.PATCH, ""
