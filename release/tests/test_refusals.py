"""What is refused within seconds: steps 1, 3 and 4."""
import unittest

from fixture import House


class RefusalTest(unittest.TestCase):
    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)

    def refused(self, reason: str, *arguments: str, **variables: str) -> None:
        """Asserts one clear line, and that nothing has changed anywhere."""
        before = (self.house.references(), self.house.git.tags(), self.house.git.head())
        done = self.house.release(*arguments, **variables)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"refused: {reason}", done.stdout)
        self.assertEqual(before, (self.house.references(), self.house.git.tags(), self.house.git.head()))
        self.assertEqual(list(self.house.published.rglob("*.pom")), [])

    def release_record(self, module: str, version: str, tagged: bool = True) -> None:
        """Writes down that a version has been released, as a release does."""
        changelog = self.house.tree / "CHANGELOG.md"
        text = changelog.read_text()
        changelog.write_text(f"{text}\n## {module} {version} (2026-01-01)\n\n- Something.\n")
        if module != "bom":
            self.house.edit("bom/pom.xml", f"<released.{module}>0.1.0<", f"<released.{module}>{version}<")
        self.house.commit(f"Release {module} {version}", push=True)
        if tagged:
            self.house.git.run("tag", f"{module}-v{version}")
            self.house.git.run("push", "--quiet", "origin", f"{module}-v{version}")

    def test_an_unknown_module(self):
        self.refused("'rate' is not a module: there are remote-model, messaging", "rate", "0.1.0", "0.1.0")

    def test_a_version_that_is_not_three_numbers(self):
        for version in ("1.0", "v1.0.0", "1.0.0-rc1", "01.0.0"):
            self.refused(f"'{version}' is not a version", "rate-limit", version, "0.1.0")
            self.refused(f"'{version}' is not a version", "rate-limit", "0.1.0", version)

    def test_a_work_tree_that_is_not_clean(self):
        (self.house.tree / "notes.txt").write_text("mine")
        self.refused("the work tree is not clean: notes.txt", "rate-limit", "0.1.0", "0.1.0")

    def test_another_branch(self):
        self.house.git.run("checkout", "--quiet", "-b", "feature")
        self.refused("this is not the branch main", "rate-limit", "0.1.0", "0.1.0")

    def test_a_branch_that_is_behind_its_remote(self):
        self.house.commit("Somebody else's", push=True)
        self.house.git.run("reset", "--quiet", "--hard", "HEAD~1")
        self.refused("main is not what it is on the remote 'origin'", "rate-limit", "0.1.0", "0.1.0")

    def test_a_remote_that_does_not_answer(self):
        self.house.git.run("remote", "set-url", "origin", str(self.house.tree / "nowhere"))
        done = self.house.release("rate-limit", "0.1.0", "0.1.0")
        self.assertIn("refused: the remote 'origin' does not answer", done.stdout)

    def test_a_tag_that_exists_here(self):
        for tag in ("rate-limit-v0.1.0", "bom-v0.1.0"):
            self.house.git.run("tag", tag)
            self.refused(f"the tag {tag} exists already", "rate-limit", "0.1.0", "0.1.0")
            self.house.git.run("tag", "--delete", tag)

    def test_a_tag_that_exists_on_the_remote_only(self):
        for tag in ("rate-limit-v0.1.0", "bom-v0.1.0"):
            self.house.git.run("push", "--quiet", "origin", f"HEAD:refs/tags/{tag}")
            self.refused(f"the tag {tag} exists already", "rate-limit", "0.1.0", "0.1.0")
            self.house.git.run("push", "--quiet", "origin", f":refs/tags/{tag}")

    def test_a_version_that_is_not_newer(self):
        self.release_record("rate-limit", "0.2.0")
        self.release_record("bom", "0.2.0")
        self.refused("rate-limit 0.1.9 is not newer than 0.2.0", "rate-limit", "0.1.9", "0.3.0")
        self.refused("bom 0.1.9 is not newer than 0.2.0", "rate-limit", "0.3.0", "0.1.9")

    def test_a_version_of_the_changelog_where_the_remote_takes_no_tags(self):
        self.release_record("rate-limit", "0.2.0", tagged=False)
        self.refused("rate-limit 0.2.0 is not newer than 0.2.0", "rate-limit", "0.2.0", "0.3.0")

    def test_a_bom_whose_step_is_smaller_than_the_modules(self):
        self.release_record("rate-limit", "0.2.0")
        self.release_record("bom", "1.0.0")
        self.refused("rate-limit goes from 0.2.0 to 0.3.0, a minor step, but", "rate-limit", "0.3.0", "1.0.1")
        self.refused("rate-limit goes from 0.2.0 to 1.0.0, a major step, but", "rate-limit", "1.0.0", "1.1.0")
        self.refused("messaging goes to its first release, a minor step, but", "messaging", "0.1.0", "1.0.1")

    def test_a_first_release_that_is_not_what_boms_name_already(self):
        self.release_record("bom", "0.1.0")
        reason = "the first release of messaging must be 0.1.0, which BOMs that are out name already"
        self.refused(reason, "messaging", "0.2.0", "0.2.0")

    def test_a_bom_entry_that_can_be_had_nowhere(self):
        self.release_record("messaging", "0.2.0", tagged=False)
        reason = "messaging 0.2.0 is not published, and its tag messaging-v0.2.0 is not here: fetch the tags"
        self.refused(reason, "--verified", "HEAD", "rate-limit", "0.1.0", "0.1.0")

    def test_a_dry_run_behind_the_remote_fetches_nothing(self):
        self.house.commit("Somebody else's", push=True)
        self.house.git.run("reset", "--quiet", "--hard", "HEAD~1")
        self.house.git.run("update-ref", "refs/remotes/origin/main", "HEAD")
        before = self.house.git.run("for-each-ref")
        done = self.house.release("--dry-run", "rate-limit", "0.1.0", "0.1.0", VERIFY_FAILS="1")
        self.assertIn("a release would be refused: main is not what it is on the remote", done.stdout)
        self.assertEqual(self.house.git.run("for-each-ref"), before)

    def test_a_module_without_an_entry_in_the_changelog(self):
        self.house.edit("CHANGELOG.md", "### rate-limit", "### auth-token")
        self.house.commit("No entry", push=True)
        self.refused("CHANGELOG.md has no entry for rate-limit under Unreleased", "rate-limit", "0.1.0", "0.1.0")

    def test_a_release_without_a_key_to_sign_with(self):
        process = self.house.start("rate-limit", "0.1.0", "0.1.0")
        self.assertIn("refused: git has no key to sign tags with", process.communicate()[0])
        self.house.git.run("config", "user.signingkey", "somebody")
        process = self.house.start("rate-limit", "0.1.0", "0.1.0", MAVEN_GPG_KEY="")
        self.assertIn("refused: there is no key to sign files with", process.communicate()[0])
        process = self.house.start("rate-limit", "0.1.0", "0.1.0", MAVEN_GPG_KEY="a key", HOME=str(self.house.tree))
        self.assertIn("refused: Maven's settings have no server 'central'", process.communicate()[0])

    def test_a_release_without_the_second_jdk(self):
        self.refused("JDK 25 was not found: a release is tested on 17 and 25", "rate-limit", "0.1.0", "0.1.0", OTHER_JDK="")

    def test_a_branch_that_is_ahead_of_its_remote(self):
        self.house.commit("Mine alone")
        self.refused("main is not what it is on the remote 'origin'", "rate-limit", "0.1.0", "0.1.0")

    def test_a_changelog_that_says_nothing_of_what_is_unreleased(self):
        self.house.edit("CHANGELOG.md", "## Unreleased\n", "## To come\n")
        self.house.commit("Another heading", push=True)
        self.refused("CHANGELOG.md has no line '## Unreleased'", "rate-limit", "0.1.0", "0.1.0")

    def test_a_stage_that_is_not_empty(self):
        stage = self.house.published.with_name("stage")
        stage.mkdir()
        (stage / "older.jar").write_text("older")
        arguments = ("--verified", "HEAD", "--stage", str(stage), "rate-limit", "0.1.0", "0.1.0")
        self.refused(f"the stage {stage} is not empty", *arguments)

    def test_a_dry_run_only_warns_of_the_branch_the_remote_the_changelog_and_the_second_jdk(self):
        self.house.git.run("checkout", "--quiet", "-b", "feature")
        self.house.git.run("remote", "set-url", "origin", str(self.house.tree / "nowhere"))
        self.house.edit("CHANGELOG.md", "### rate-limit", "### auth-token")
        self.house.commit("No entry")
        done = self.house.release("--dry-run", "rate-limit", "0.1.0", "0.1.0", OTHER_JDK="", VERIFY_FAILS="1")
        for reason in (
            "this is not the branch main",
            "the remote 'origin' does not answer",
            "CHANGELOG.md has no entry for rate-limit under Unreleased",
            "JDK 25 was not found",
        ):
            self.assertIn(f"      a release would be refused: {reason}", done.stdout)
        self.assertIn("refused: ./verify fails", done.stdout)

    def test_a_bom_entry_that_was_never_released(self):
        self.house.edit("bom/pom.xml", "<released.messaging>0.1.0<", "<released.messaging>0.2.0<")
        self.house.commit("Too early", push=True)
        self.refused("the BOM names messaging 0.2.0, which was never released", "rate-limit", "0.1.0", "0.1.0")

    def test_a_bom_entry_whose_tag_is_missing(self):
        self.release_record("messaging", "0.2.0", tagged=False)
        self.release_record("auth-token", "0.2.0")
        self.refused("the BOM names messaging 0.2.0, but there is no tag", "rate-limit", "0.1.0", "0.1.0")

    def test_a_bom_entry_that_is_older_than_the_last_release(self):
        self.release_record("messaging", "0.2.0")
        self.house.edit("bom/pom.xml", "<released.messaging>0.2.0<", "<released.messaging>0.1.0<")
        self.house.git.run("tag", "messaging-v0.1.0")
        self.house.commit("Back", push=True)
        self.refused("the BOM names messaging 0.1.0, but 0.2.0 has been released", "rate-limit", "0.1.0", "0.1.0")

    def test_a_bom_entry_that_goes_down(self):
        self.release_record("rate-limit", "0.2.0")
        self.release_record("bom", "0.1.0")
        self.house.edit("bom/pom.xml", "<released.messaging>0.1.0<", "<released.messaging>0.0.9<")
        self.house.git.run("tag", "messaging-v0.0.9")
        self.house.commit("Down", push=True)
        self.refused("the BOM takes messaging down from 0.1.0 to 0.0.9", "rate-limit", "0.3.0", "0.2.0")

    def test_a_bom_that_changes_in_two_entries(self):
        self.release_record("bom", "0.1.0")
        self.release_record("messaging", "0.2.0")
        self.refused("the BOM changes messaging from 0.1.0 to 0.2.0, besides rate-limit", "rate-limit", "0.1.0", "0.2.0")

    def drop(self, module: str) -> None:
        """Takes a module out of the house and out of the BOM."""
        self.house.edit("pom.xml", f"    <module>{module}</module>\n", "")
        self.drop_entry(module)

    def drop_entry(self, module: str) -> None:
        pom = self.house.tree / "bom" / "pom.xml"
        lines = pom.read_text().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if f"dowel-{module}" in line)
        kept = [line for line in lines[: at - 2] + lines[at + 3 :] if f"released.{module}" not in line]
        pom.write_text("".join(kept))
        self.house.commit("Forgotten", push=True)

    def test_a_bom_without_an_entry_for_a_module(self):
        self.drop_entry("messaging")
        self.refused("the BOM has no entry for messaging", "rate-limit", "0.1.0", "0.1.0")

    def test_a_bom_with_an_entry_for_what_is_no_module(self):
        self.house.edit("pom.xml", "    <module>messaging</module>\n", "")
        self.house.commit("Dropped", push=True)
        self.refused("the BOM has an entry for messaging, which is not a module", "rate-limit", "0.1.0", "0.1.0")

    def test_a_bom_that_drops_what_was_released(self):
        self.release_record("messaging", "0.2.0")
        self.drop("messaging")
        self.refused("the BOM no longer names messaging, which has been released", "rate-limit", "0.1.0", "0.1.0")

    def test_a_tag_of_somebodys_own_is_no_release(self):
        self.house.git.run("tag", "bom-vendor")
        for tag in ("carpenter-v1.0.0-rc1", "carpenter-v1.0.0", "nightly-v2026.01.02"):
            self.house.git.run("tag", tag)
        self.refused("./verify fails", "rate-limit", "0.1.0", "0.1.0", VERIFY_FAILS="1")

    def test_a_bom_whose_entry_takes_another_modules_version(self):
        self.house.edit("bom/pom.xml", "${released.messaging}", "${released.auth-token}")
        self.house.commit("Mixed up", push=True)
        self.refused(
            "the BOM's entry for messaging takes its version from 'released.auth-token'", "rate-limit", "0.1.0", "0.1.0"
        )

    def test_what_was_verified_is_another_commit(self):
        verified = self.house.git.head()
        self.house.commit("One more", push=True)
        self.refused(f"what was verified is {verified}", "--verified", verified, "rate-limit", "0.1.0", "0.1.0")

    def test_a_verify_that_fails(self):
        self.refused("./verify fails", "rate-limit", "0.1.0", "0.1.0", VERIFY_FAILS="1")

    def test_a_front_page_without_the_versions(self):
        (self.house.tree / "README.md").write_text("A front page without versions\n")
        self.house.commit("No versions", push=True)
        self.refused("README.md should name the BOM's version once", "rate-limit", "0.1.0", "0.1.0")


if __name__ == "__main__":
    unittest.main()
