"""An empty local repository, as a stranger's machine has one, so that nothing is found that is not published."""
import os
import re
import sys
from pathlib import Path
from typing import Optional
from xml.sax.saxutils import escape

from . import house, maven
from .refusal import Refusal

_RESOLVE = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:resolve"
# Type and classifier.
POM = ("pom", "")
_ABSENT = re.compile("Could not find artifact|was not found in")


class FreshRepository:
    """Looks for artifacts at the given URLs, then in local repositories that are there already, then where Maven does.

    The second spares downloads; it shows nothing of ours, for what somebody has built here is not published.
    """

    def __init__(self, folder: Path, *urls: Optional[str]):
        folder.mkdir(parents=True)
        self.folder = folder
        self._settings = folder.with_name(folder.name + "-settings.xml")
        caches = [
            _without_ours(cache, folder.with_name(f"{folder.name}-cache-{index}")) for index, cache in enumerate(_caches())
        ]
        self._settings.write_text(_settings([url for url in urls if url] + [cache.as_uri() for cache in caches]))

    def options(self) -> list:
        """Returns what Maven must be told to use this repository."""
        return ["-gs", str(self._settings), f"-Dmaven.repo.local={self.folder}", "-U"]

    def fetch(self, module: str, version, files: list = (POM,)) -> list:
        """Gets files of ours, each named by type and classifier, and returns them; refused if one is not there."""
        request = self.folder.with_name(f"{self.folder.name}-{module}.xml")
        request.write_text(_request(module, version, files))
        maven.run(
            self.folder, "-q", *self.options(), "-f", str(request), _RESOLVE, doing=f"finding {module} {version}"
        )
        return self._paths(module, version, files)

    def find(self, module: str, version, files: list) -> list:
        """Gets those of the files that are there, and returns them; refused if a repository does not answer."""
        try:
            return self.fetch(module, version, files)
        except Refusal as refusal:
            if "Could not transfer" in refusal.details or not _ABSENT.search(refusal.details):
                raise
            return [path for path in self._paths(module, version, files) if path.exists()]

    def has(self, module: str, version) -> bool:
        return bool(self.find(module, version, [POM]))

    def _paths(self, module: str, version, files: list) -> list:
        name = f"{house.artifact(module)}-{version}"
        folder = house.folder(self.folder, module, version)
        return [folder / f"{name}{'-' + classifier if classifier else ''}.{kind}" for kind, classifier in files]


def _request(module: str, version, files: list) -> str:
    dependencies = "".join(
        f"<dependency><groupId>{house.GROUP}</groupId><artifactId>{house.artifact(module)}</artifactId>"
        f"<version>{version}</version><type>{kind}</type><classifier>{classifier}</classifier>"
        "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
        for kind, classifier in files
    )
    return (
        "<project><modelVersion>4.0.0</modelVersion><groupId>dev.dowel</groupId><artifactId>fetch</artifactId>"
        f"<version>1</version><packaging>pom</packaging><dependencies>{dependencies}</dependencies></project>\n"
    )


def _caches() -> list:
    """Returns local repositories: those that DOWEL_MAVEN_CACHES names, and the user's own."""
    named = [Path(path) for path in os.environ.get("DOWEL_MAVEN_CACHES", "").split(os.pathsep) if path]
    return [path.resolve() for path in [*named, Path.home() / ".m2" / "repository"] if path.is_dir()]


def _without_ours(cache: Path, view: Path) -> Path:
    """Makes a folder that shows a local repository but for our artifacts, and returns it."""
    for part in house.GROUP.split("."):
        view.mkdir()
        for entry in cache.iterdir() if cache.is_dir() else ():
            if entry.name != part:
                (view / entry.name).symlink_to(entry)
        cache, view = cache / part, view / part
    return view.parents[house.GROUP.count(".")]


def _settings(urls: list) -> str:
    def repositories(kind: str) -> str:
        return "".join(
            f"<{kind}><id>{'published' if url.startswith('http') else f'repository-{index}'}</id><url>{escape(url)}</url>"
            "<releases><checksumPolicy>ignore</checksumPolicy></releases>"
            f"<snapshots><enabled>false</enabled></snapshots></{kind}>"
            for index, url in enumerate(urls)
        )

    return (
        "<settings><profiles><profile><id>fresh</id>"
        f"<repositories>{repositories('repository')}</repositories>"
        f"<pluginRepositories>{repositories('pluginRepository')}</pluginRepositories>"
        "</profile></profiles><activeProfiles><activeProfile>fresh</activeProfile></activeProfiles></settings>\n"
    )


if __name__ == "__main__":
    print(" ".join(FreshRepository(Path(sys.argv[1]), *sys.argv[2:]).options()))
