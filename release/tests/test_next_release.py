"""What CI makes a dry run of."""
import unittest

from fixture import House
from releasing import next_release, poms
from releasing.versions import Version


class NextReleaseTest(unittest.TestCase):
    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)

    def released(self, *sections: str) -> None:
        changelog = self.house.tree / "CHANGELOG.md"
        changelog.write_text(changelog.read_text() + "".join(f"\n## {each} (2026-01-01)\n" for each in sections))

    def test_before_the_first_release_it_is_what_the_poms_say(self):
        self.assertEqual(next_release.next_release(self.house.tree, "messaging"), (Version(0, 1, 0), Version(0, 1, 0)))

    def test_the_bom_goes_as_far_as_the_module(self):
        self.released("messaging 0.1.0", "bom 0.3.0")
        for snapshot, bom in (("0.1.1", "0.3.1"), ("0.2.0", "0.4.0"), ("1.0.0", "1.0.0")):
            poms.set_version(self.house.tree, "messaging", f"{snapshot}-SNAPSHOT")
            expected = Version.parse(snapshot), Version.parse(bom)
            self.assertEqual(next_release.next_release(self.house.tree, "messaging"), expected)

    def test_the_first_release_of_another_module_is_a_minor_step_of_the_bom(self):
        self.released("messaging 0.1.0", "bom 0.3.4")
        self.assertEqual(next_release.next_release(self.house.tree, "auth-token"), (Version(0, 1, 0), Version(0, 4, 0)))
