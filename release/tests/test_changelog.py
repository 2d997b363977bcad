"""The changelog's form, and what a release makes of it."""
import unittest
from pathlib import Path

from releasing import house
from releasing.changelog import Changelog
from releasing.refusal import Refusal
from releasing.versions import Version

ROOT = Path(__file__).resolve().parents[2]
BEFORE = """# Changelog

## Unreleased

### rate-limit

- Fixed: a thing
  with a second line.
- Added: another.

### messaging

- Added: untouched.

### bom

- Added: an entry for itself.

## messaging 0.1.0 (2026-01-02)

- Old.
"""
AFTER = """# Changelog

## Unreleased

### messaging

- Added: untouched.

## rate-limit 0.2.0 (2026-11-21)

### Added

- another.

### Fixed

- a thing
  with a second line.

## bom 0.3.0 (2026-11-21)

- Added: an entry for itself.
- rate-limit 0.2.0

## messaging 0.1.0 (2026-01-02)

- Old.
"""


class ChangelogTest(unittest.TestCase):
    def test_a_release_moves_the_modules_entries_and_no_others(self):
        released = Changelog(BEFORE).release("rate-limit", Version(0, 2, 0), Version(0, 3, 0), "2026-11-21")
        self.assertEqual(released, AFTER)

    def test_what_has_been_released_can_be_read_back(self):
        changelog = Changelog(AFTER)
        self.assertEqual(changelog.released("rate-limit"), [Version(0, 2, 0)])
        self.assertEqual(changelog.released("bom"), [Version(0, 3, 0)])
        self.assertEqual(changelog.released("auth-token"), [])

    def test_what_is_no_entry_is_refused(self):
        for line in ("Just words.", "* another bullet"):
            with self.assertRaisesRegex(Refusal, "neither a module nor an entry"):
                Changelog(f"## Unreleased\n\n### rate-limit\n\n{line}\n")

    def test_an_entry_that_does_not_say_what_kind_of_change_it_is_is_refused(self):
        for entry in ("- Plain words.", "- Improved: a thing.", "- Added `thing`."):
            with self.assertRaisesRegex(Refusal, "begins with none of Added, Changed"):
                Changelog(f"## Unreleased\n\n### rate-limit\n\n{entry}\n")

    def test_our_own_has_parts_for_modules_only(self):
        known = {*house.modules(ROOT), house.BOM}
        self.assertLessEqual(set(Changelog((ROOT / "CHANGELOG.md").read_text()).parts()), known)
