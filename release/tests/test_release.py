"""Whole releases from a throwaway house, to a remote and a Maven repository of its own."""
import unittest

from fixture import House
from releasing import house, poms
from releasing.changelog import Changelog
from releasing.preparation import UNTIL_RELEASED


class ReleaseTest(unittest.TestCase):
    """One story: each module is released for the first time, then one of them again."""

    @classmethod
    def setUpClass(cls):
        cls.house = House()
        cls.addClassCleanup(cls.house.close)
        # A release that is asked not to sign does not, whatever git would do by itself.
        cls.house.git.run("config", "tag.gpgSign", "true")

    def released(self, module: str, version: str, bom: str) -> None:
        self.house.entry(module)
        base = self.house.git.head()
        done = self.house.release("--verified", "HEAD", module, version, bom)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assert_pushed(base, module, version, bom)
        self.assert_published(module, version, bom)

    def assert_pushed(self, base: str, module: str, version: str, bom: str) -> None:
        git = self.house.git
        git.run("pull", "--quiet", "--ff-only", "--tags", "origin", "main")
        subjects = git.run("log", "--format=%s", f"{base}..HEAD").splitlines()
        self.assertEqual(
            subjects, [f"Go on after {module} {version}, bom {bom}", f"Release {module} {version}, bom {bom}"]
        )
        release = git.run("rev-parse", "HEAD~1")
        for tag in (f"{module}-v{version}", f"bom-v{bom}"):
            self.assertEqual(git.run("cat-file", "-t", tag), "tag")
            self.assertEqual(git.run("rev-parse", f"{tag}^{{commit}}"), release)
        changed = git.run("diff", "--name-only", base, release).splitlines()
        expected = {f"{module}/pom.xml", "bom/pom.xml", "pom.xml", "CHANGELOG.md", "README.md"}
        self.assertLessEqual(set(changed), expected)
        self.assertEqual(str(poms.entries(git.run("show", f"{release}:bom/pom.xml"))[module]), version)
        self.assertIn(f"<version>{version}</version>", git.run("show", f"{release}:{module}/pom.xml"))
        changelog = Changelog((self.house.tree / "CHANGELOG.md").read_text())
        self.assertEqual([str(each) for each in changelog.released(module)][0], version)
        self.assertEqual(changelog.unreleased(module), [])
        self.assertRegex((self.house.tree / module / "pom.xml").read_text(), r"<version>[0-9.]+-SNAPSHOT</version>")
        self.assertIn(f"| `dowel-{module}` | {version} |", (self.house.tree / "README.md").read_text())

    def assert_published(self, module: str, version: str, bom: str) -> None:
        folder = house.folder(self.house.published, module, version)
        for end in (".jar", ".pom", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"):
            self.assertTrue((folder / f"dowel-{module}-{version}{end}").exists(), end)
        text = (house.folder(self.house.published, "bom", bom) / f"dowel-bom-{bom}.pom").read_text()
        self.assertIn(f"<artifactId>dowel-{module}</artifactId>\n        <version>{version}</version>", text)
        self.assertIn(f" {bom}", self.house.consumed.read_text().splitlines()[-1])

    def test_1_a_dry_run_changes_nothing_and_ends_before_publishing(self):
        before = (self.house.references(), self.house.git.tags(), self.house.git.head())
        done = self.house.release("--dry-run", "rate-limit", "0.1.0", "0.1.0")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("[4/10] verify (", done.stdout)
        self.assertIn("a dry run ends here: rate-limit 0.1.0, bom 0.1.0 could be released", done.stdout)
        self.assertEqual(before, (self.house.references(), self.house.git.tags(), self.house.git.head()))
        self.assertEqual(self.house.git.changed_files(), [])
        self.assertFalse(self.house.published.exists())

    def test_2_the_first_release_of_a_module(self):
        self.released("rate-limit", "0.1.0", "0.1.0")
        # What is not released yet was there for the consumers, but is not published.
        self.assertFalse(self.house.published.joinpath("dev/dowel/dowel-messaging").exists())
        self.assertIn(UNTIL_RELEASED, (self.house.tree / "README.md").read_text())

    def test_3_a_release_that_is_killed_before_it_publishes_has_done_nothing(self):
        self.house.entry("auth-token")
        before = (self.house.references(), self.house.git.tags(), self.house.git.head())
        for line in ("[3/10]", "[5/10]", "[7/10]"):
            self.house.release_killed_at(line, "--verified", "HEAD", "auth-token", "0.1.0", "0.2.0")
            self.assertEqual(before, (self.house.references(), self.house.git.tags(), self.house.git.head()))
            self.assertEqual(self.house.git.changed_files(), [])
            self.assertFalse(house.folder(self.house.published, "auth-token", "0.1.0").exists())

    def test_4_a_release_that_is_killed_after_it_published_goes_on_when_it_is_run_again(self):
        self.house.entry("auth-token")
        before = self.house.references()
        self.house.release_killed_at("is published, with the bytes", "--verified", "HEAD", "auth-token", "0.1.0", "0.2.0")
        self.assertEqual(before, self.house.references())
        published = house.folder(self.house.published, "auth-token", "0.1.0")
        self.assertTrue(published.exists())
        # As if the upload had been cut off as well.
        (published / "dowel-auth-token-0.1.0.jar").unlink()
        self.released("auth-token", "0.1.0", "0.2.0")

    def test_5_the_other_modules(self):
        self.released("messaging", "0.1.0", "0.3.0")
        self.released("remote-model", "0.1.0", "0.4.0")
        page = (self.house.tree / "README.md").read_text()
        self.assertNotIn(UNTIL_RELEASED, page)
        self.assertNotIn("not on Maven Central yet", page)

    def test_6_a_patch_with_a_new_method_is_refused_and_a_minor_is_not(self):
        self.house.edit(
            "rate-limit/src/main/java/dev/dowel/ratelimit/Pin.java",
            "private Pin() {}",
            "private Pin() {}\n\n    /** {@return the width in millimetres} */\n"
            "    public static int width() {\n        return 8;\n    }",
        )
        self.house.commit("A width")
        self.house.entry("rate-limit")
        done = self.house.release("--verified", "HEAD", "rate-limit", "0.1.1", "0.4.1")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("refused: rate-limit 0.1.1 is a patch step from 0.1.0, but", done.stdout)
        self.released("rate-limit", "0.2.0", "0.5.0")

    def test_7_what_is_published_and_not_from_here_is_not_overwritten(self):
        self.house.entry("auth-token")
        folder = house.folder(self.house.published, "auth-token", "0.1.1")
        older = house.folder(self.house.published, "auth-token", "0.1.0")
        folder.mkdir()
        for file in older.glob("dowel-*"):
            if file.suffix in (".jar", ".pom", ".json"):
                (folder / file.name.replace("0.1.0", "0.1.1")).write_bytes(
                    file.read_bytes().replace(b"<version>0.1.0</version>", b"<version>0.1.1</version>")
                )
        done = self.house.release("--verified", "HEAD", "auth-token", "0.1.1", "0.5.1")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("was published before, but differs: release the next patch", done.stdout)
        # Nor is it mended where something of it is missing.
        jar = folder / "dowel-auth-token-0.1.1.jar"
        foreign = jar.read_bytes()
        (folder / "dowel-auth-token-0.1.1-javadoc.jar").unlink()
        done = self.house.release("--verified", "HEAD", "auth-token", "0.1.1", "0.5.1")
        self.assertIn("was published before, but differs: release the next patch", done.stdout)
        self.assertEqual(jar.read_bytes(), foreign)
        self.assertFalse(house.folder(self.house.published, "bom", "0.5.1").exists())
        self.assertNotIn("refs/tags/auth-token-v0.1.1", self.house.references())

    def test_8_what_is_published_when_main_has_moved_is_kept_to_be_merged(self):
        self.house.entry("rate-limit")
        git, release = self.house.git, ("--verified", "HEAD", "rate-limit", "0.2.1", "0.5.1")
        self.house.release_killed_at("rate-limit 0.2.1 is published, with the bytes", *release)
        at = git.head()
        self.house.commit("Somebody else's", push=True)
        git.run("reset", "--quiet", "--hard", at)
        done = self.house.release(*release)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("rate-limit 0.2.1 is published: this run goes on where one before it ended", done.stdout)
        self.assertIn("is published, but could not be pushed: merge the branch 'released-rate-limit-0.2.1'", done.stdout)
        git.run("pull", "--quiet", "--ff-only", "origin", "main")
        git.run("merge", "--quiet", "--no-edit", "released-rate-limit-0.2.1")
        git.run("push", "--quiet", "--atomic", "origin", "main", "rate-limit-v0.2.1", "bom-v0.5.1")
        self.assert_published("rate-limit", "0.2.1", "0.5.1")


if __name__ == "__main__":
    unittest.main()
