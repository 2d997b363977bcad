"""An empty local repository finds what is published, and not what somebody has built here."""
import os
import shutil
import socket
import tempfile
import unittest
from pathlib import Path

from releasing import consumed, house
from releasing.fresh import FreshRepository
from releasing.refusal import Refusal

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>dev.dowel</groupId><artifactId>dowel-{module}</artifactId>
<version>9.9.9</version>{more}</project>
"""
MANAGED = """<dependencyManagement><dependencies><dependency><groupId>dev.dowel</groupId>
<artifactId>dowel-rate-limit</artifactId><version>9.9.9</version></dependency></dependencies></dependencyManagement>"""


class FreshTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dowel-fresh-")).resolve()
        self.addCleanup(shutil.rmtree, self.folder)

    def put(self, repository: str, module: str, end: str, text: str) -> None:
        folder = house.folder(self.folder / repository, module, "9.9.9")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"dowel-{module}-9.9.9{end}").write_text(text)

    def fresh(self, name: str) -> FreshRepository:
        return FreshRepository(self.folder / name, (self.folder / "published").as_uri())

    def test_what_stands_in_a_local_repository_only_is_not_published(self):
        self.put("local", "rate-limit", ".pom", POM.format(module="rate-limit", more=""))
        os.environ["DOWEL_MAVEN_CACHES"] = str(self.folder / "local")
        self.addCleanup(os.environ.pop, "DOWEL_MAVEN_CACHES")
        self.assertFalse(self.fresh("one").has("rate-limit", "9.9.9"))
        self.put("published", "rate-limit", ".pom", POM.format(module="rate-limit", more=""))
        self.assertTrue(self.fresh("two").has("rate-limit", "9.9.9"))

    def test_a_repository_that_does_not_answer_may_have_it(self):
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            fresh = FreshRepository(self.folder / "one", f"http://127.0.0.1:{nobody.getsockname()[1]}/")
            with self.assertRaisesRegex(Refusal, "finding rate-limit 9.9.9 failed"):
                fresh.has("rate-limit", "9.9.9")

    def test_what_is_there_of_a_release_is_found_without_the_rest(self):
        self.put("published", "rate-limit", ".pom", POM.format(module="rate-limit", more=""))
        self.put("published", "rate-limit", "-sources.jar", "sources")
        kinds = [("pom", ""), ("jar", ""), ("jar", "sources")]
        found = self.fresh("one").find("rate-limit", "9.9.9", kinds)
        self.assertEqual([path.name for path in found], ["dowel-rate-limit-9.9.9.pom", "dowel-rate-limit-9.9.9-sources.jar"])

    def test_an_entry_of_the_bom_that_no_consumer_resolved(self):
        self.put("resolved", "bom", ".pom", POM.format(module="bom", more=MANAGED))
        with self.assertRaisesRegex(SystemExit, "dowel-rate-limit 9.9.9 was not resolved"):
            consumed.check(self.folder / "resolved", self.folder / "stage", "9.9.9")

    def test_an_entry_of_the_bom_that_came_from_elsewhere(self):
        self.put("resolved", "bom", ".pom", POM.format(module="bom", more=MANAGED))
        self.put("resolved", "rate-limit", ".jar", "another")
        self.put("stage", "rate-limit", ".jar", "this one")
        with self.assertRaisesRegex(SystemExit, "dowel-rate-limit 9.9.9 did not come from the stage"):
            consumed.check(self.folder / "resolved", self.folder / "stage", "9.9.9")
        self.put("resolved", "rate-limit", ".jar", "this one")
        consumed.check(self.folder / "resolved", self.folder / "stage", "9.9.9")
