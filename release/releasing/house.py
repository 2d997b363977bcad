"""Where things are in this repository, and what they are called."""
import re
from pathlib import Path

GROUP = "dev.dowel"
BOM = "bom"


def modules(tree: Path) -> list:
    """Returns the published modules: those of the root pom that hold the marker file."""
    named = re.findall(r"<module>([^<]+)</module>", (tree / "pom.xml").read_text())
    return [module for module in named if (tree / module / "src" / "published").exists()]


def artifact(module: str) -> str:
    return f"dowel-{module}"


def module_name(module: str) -> str:
    """Returns the name of the Java module."""
    return f"{GROUP}.{module.replace('-', '')}"


def tag(module: str, version) -> str:
    return f"{module}-v{version}"


def folder(repository: Path, module: str, version) -> Path:
    """Returns where a repository on disk keeps this version."""
    return repository.joinpath(*GROUP.split("."), artifact(module), str(version))
