"""What has been released: the sections of CHANGELOG.md, and the tags here and on the remote."""
from typing import Optional

from . import house
from .changelog import Changelog
from .versions import Version


class Record:
    def __init__(self, changelog: Changelog, tags: set):
        self._changelog = changelog
        self._tags = tags

    def versions(self, module: str) -> set:
        prefix = house.tag(module, "")
        tagged = {Version.parse(tag[len(prefix):]) for tag in self._tags if tag.startswith(prefix)}
        return tagged | set(self._changelog.released(module))

    def last(self, module: str) -> Optional[Version]:
        return max(self.versions(module), default=None)

    def has_tag(self, module: str, version: Version) -> bool:
        return house.tag(module, version) in self._tags

    def has_tags(self) -> bool:
        """Returns whether there are tags of releases at all: not every remote takes them."""
        return any("-v" in tag for tag in self._tags)
