"""What has been released: the sections of CHANGELOG.md, and the tags here and on the remote."""
import re
from typing import Optional

from . import house
from .changelog import Changelog
from .versions import Version

# A tag that looks otherwise is somebody's own.
_RELEASE = re.compile(r"([a-z-]+)-v((?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2})$")


class Record:
    def __init__(self, changelog: Changelog, tags: set):
        self._changelog = changelog
        self._tags = tags
        self._tagged = {}
        for found in filter(None, map(_RELEASE.match, tags)):
            self._tagged.setdefault(found[1], set()).add(Version.parse(found[2]))

    def versions(self, module: str) -> set:
        return self._tagged.get(module, set()) | set(self._changelog.released(module))

    def modules(self) -> set:
        """Returns the modules that have been released at some time."""
        return self._changelog.all_released() - {house.BOM}

    def last(self, module: str) -> Optional[Version]:
        return max(self.versions(module), default=None)

    def has_tag(self, module: str, version: Version) -> bool:
        return house.tag(module, version) in self._tags

    def has_tags(self) -> bool:
        """Returns whether there are tags of releases at all: not every remote takes them."""
        return bool(self._tagged)
