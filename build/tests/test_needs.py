"""local/scripts/needs.sh on played machines: a PATH of its own, and a package manager that logs."""

import os
import pathlib
import pty
import shutil
import stat
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "local/scripts"
REAL = "bash cat dirname env grep head ls printf rm sed sh sort tail tr true".split()

DEBIAN_12 = 'PRETTY_NAME="Debian 12"\nID=debian\nVERSION_CODENAME=bookworm\n'
CHMOD = shutil.which("chmod")
UBUNTU_24 = 'PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nVERSION_CODENAME=noble\n'

APT_GET = """
echo "apt-get $*" >>"$LOG"
[ "$1" = install ] || exit 0
shift
for package in "$@"; do
  if [ -e "$SHELF/$package" ]; then sh "$SHELF/$package"; fi
done
"""

RUN = """
set -euo pipefail
source "$SCRIPTS/needs.sh"
os_release=$OS_RELEASE
apt_folder=$APT
jdk_candidates() { ls -d "$JDKS"/*; }
require_needs ./demo "$@"
echo "here: ${JAVA_HOME:-no jdk}"
"""


class Machine:
    """A machine with few programs, in a folder."""

    def __init__(self, folder: pathlib.Path, release: str = DEBIAN_12) -> None:
        self.folder = folder
        self.bin, self.shelf, self.jdks = (folder / name for name in ("bin", "shelf", "jdks"))
        for made in (self.bin, self.shelf, self.jdks):
            made.mkdir()
        for name in REAL:
            (self.bin / name).symlink_to(shutil.which(name) or name)
        self.log = folder / "log"
        self.log.touch()
        self.release = folder / "os-release"
        self.release.write_text(release)
        self.apt = folder / "apt"
        (self.apt / "sources.list.d").mkdir(parents=True)
        self.user(0)
        self.program("ldconfig", "exit 0")
        self.program("apt-get", APT_GET)
        self.known: set[str] = set()

    def program(self, name: str, text: str) -> None:
        self._write(self.bin / name, text)

    def _write(self, path: pathlib.Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!{shutil.which('sh')}\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def user(self, number: int) -> None:
        self.program("id", f"echo {number}")

    def sudo(self, works: bool) -> None:
        """With a password, or without one."""
        self.program("sudo", '[ "$1" != -n ] || shift; exec "$@"' if works else "exit 1")

    def jdk(self, version: int) -> None:
        home = self.jdks / f"jdk-{version}"
        self._write(home / "bin/javac", "exit 0")
        self._write(home / "bin/java", f"echo '    java.specification.version = {version}' >&2")

    def package(self, name: str, *programs: str, text: str = "exit 0") -> None:
        """A package that the distribution has, and what it brings."""
        self.known.add(name)
        lines = [
            f"printf '#!/bin/sh\\n{text}\\n' >'{self.bin / program}'; {CHMOD} +x '{self.bin / program}'"
            for program in programs
        ]
        (self.shelf / name).write_text("\n".join(lines))

    def jdk_package(self, name: str, version: int, known: bool = True) -> None:
        self.jdk(version)
        home, away = self.jdks / f"jdk-{version}", self.folder / f"jdk-{version}"
        home.rename(away)
        (self.shelf / name).write_text(f"{shutil.which('cp')} -r '{away}' '{home}'")
        if known:
            self.known.add(name)

    def environment(self) -> dict[str, str]:
        known = " ".join(sorted(self.known))
        self.program("apt-cache", f'case " {known} " in *" $2 "*) exit 0 ;; *) exit 100 ;; esac')
        return {
            "PATH": str(self.bin),
            "SCRIPTS": str(SCRIPTS),
            "LOG": str(self.log),
            "SHELF": str(self.shelf),
            "JDKS": str(self.jdks),
            "OS_RELEASE": str(self.release),
            "APT": str(self.apt),
            "HOME": str(self.folder),
        }

    def run(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [self.bin / "bash", "-c", RUN, "run", *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def run_on_terminal(self, answer: str, *arguments: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [self.bin / "bash", "-c", RUN, "run", *arguments],
            env=self.environment(),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        text = b""
        try:
            while piece := os.read(ours, 4096):
                text += piece
        except OSError:
            pass  # the other side is closed: that is the end of a terminal
        os.close(ours)
        return process.wait(), text.decode()

    def did(self) -> str:
        return self.log.read_text()


class NeedsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def machine(self, release: str = DEBIAN_12) -> Machine:
        return Machine(self.folder, release)

    def test_asks_for_nothing_if_everything_is_here(self) -> None:
        machine = self.machine()
        machine.jdk(25)
        machine.program("curl", "exit 0")
        code, text = machine.run("no", "jdk", "curl")
        self.assertEqual((code, text), (0, f"here: {machine.jdks}/jdk-25\n"))
        self.assertEqual(machine.did(), "")

    def test_installs_without_a_question_as_root(self) -> None:
        machine = self.machine()
        machine.package("curl", "curl")
        machine.package("haproxy", "haproxy")
        code, text = machine.run("yes", "curl", "haproxy")
        self.assertEqual(code, 0, text)
        self.assertIn("apt-get install -qy --no-install-recommends curl haproxy\n", machine.did())

    def test_installs_by_sudo_that_wants_no_password(self) -> None:
        machine = self.machine()
        machine.user(1000)
        machine.sudo(works=True)
        machine.package("curl", "curl")
        code, text = machine.run("yes", "curl")
        self.assertEqual(code, 0, text)
        self.assertIn("install", machine.did())

    def test_prints_the_one_line_without_root_and_sudo(self) -> None:
        machine = self.machine()
        machine.user(1000)
        machine.package("curl", "curl")
        code, text = machine.run("yes", "curl")
        self.assertEqual(code, 1)
        self.assertIn("  sudo sh -c 'export DEBIAN_FRONTEND=noninteractive && apt-get update", text)
        self.assertIn("apt-get install -qy --no-install-recommends curl'", text)
        self.assertEqual(machine.did(), "")

    def test_prints_the_one_line_if_sudo_wants_a_password(self) -> None:
        machine = self.machine()
        machine.user(1000)
        machine.sudo(works=False)
        code, text = machine.run("yes", "curl")
        self.assertEqual(code, 1)
        self.assertIn("sudo sh -c '", text)

    def test_changes_nothing_without_terminal_and_without_yes(self) -> None:
        machine = self.machine()
        machine.package("curl", "curl")
        code, text = machine.run("no", "curl")
        self.assertEqual(code, 1)
        self.assertIn("./demo --yes", text)
        self.assertEqual(machine.did(), "")

    def test_changes_nothing_on_a_terminal_that_answers_no(self) -> None:
        machine = self.machine()
        machine.package("curl", "curl")
        code, text = machine.run_on_terminal("n", "no", "curl")
        self.assertEqual(code, 1)
        self.assertIn("Install it now? [Y/n]", text)
        self.assertIn("Nothing was installed.", text)
        self.assertEqual(machine.did(), "")

    def test_installs_on_a_terminal_that_answers_yes(self) -> None:
        machine = self.machine()
        machine.package("curl", "curl")
        code, text = machine.run_on_terminal("y", "no", "curl")
        self.assertEqual(code, 0, text)
        self.assertIn("install", machine.did())

    def test_takes_a_wrong_version_for_a_missing_one(self) -> None:
        machine = self.machine()
        machine.program("node", "echo v12.22.9")
        machine.program("npm", "exit 0")
        machine.program("mvn", "printf '\\033[1mApache Maven 3.6.3\\033[m\\n'")
        machine.package("nodejs", "node", text="echo v18.20.4")
        machine.package("npm", "npm")
        machine.package("maven", "mvn", text="echo Apache Maven 3.9.9")
        code, text = machine.run("yes", "node", "maven")
        self.assertEqual(code, 0, text)
        self.assertIn("Node.js with npm, 18.18 or newer (found: 12.22.9)", text)
        self.assertIn("Maven, 3.8 or newer (found: 3.6.3)", text)

    def test_ends_if_the_distribution_is_too_old(self) -> None:
        machine = self.machine()
        machine.package("nodejs", "node", text="echo v12.22.9")
        machine.package("npm", "npm")
        code, text = machine.run("yes", "node")
        self.assertEqual(code, 1)
        self.assertIn("This is still missing; Debian 12 has it not, or not as new.", text)

    def test_takes_a_newer_major_version(self) -> None:
        machine = self.machine()
        machine.program("node", "echo v100.1.0")
        machine.program("npm", "exit 0")
        self.assertEqual(machine.run("no", "node")[0], 0)

    def test_ubuntu_calls_openssl_by_another_name(self) -> None:
        machine = self.machine(UBUNTU_24)
        machine.package("libssl3t64", "ldconfig", text="echo libssl.so.3")
        code, text = machine.run("yes", "libssl3")
        self.assertEqual(code, 0, text)
        self.assertIn("--no-install-recommends libssl3t64\n", machine.did())

    def test_debian_12_calls_openssl_by_its_name(self) -> None:
        machine = self.machine()
        machine.package("libssl3", "ldconfig", text="echo libssl.so.3")
        code, text = machine.run("yes", "libssl3")
        self.assertEqual(code, 0, text)
        self.assertIn("--no-install-recommends libssl3\n", machine.did())

    def test_a_redis_server_needs_no_openssl(self) -> None:
        machine = self.machine()
        machine.program("redis-server", "exit 0")
        self.assertEqual(machine.run("no", "redis")[0], 0)

    def test_takes_the_jdk_of_the_distribution(self) -> None:
        machine = self.machine()
        machine.jdk(17)
        machine.jdk_package("openjdk-25-jdk-headless", 25)
        code, text = machine.run("yes", "jdk")
        self.assertEqual(code, 0, text)
        self.assertIn("a JDK, 25 or newer (found: 17)", text)
        self.assertIn("here: " + str(machine.jdks / "jdk-25"), text)
        self.assertNotIn("temurin", machine.did())

    def test_takes_temurin_if_the_distribution_has_no_such_jdk(self) -> None:
        machine = self.machine()
        machine.jdk_package("temurin-25-jdk", 25, known=False)
        machine.package("curl", "curl")
        machine.package("ca-certificates")
        machine.program("install", 'echo "install $*" >>"$LOG"')
        code, text = machine.run("yes", "jdk")
        self.assertEqual(code, 0, text)
        self.assertIn("here: " + str(machine.jdks / "jdk-25"), text)
        source = (machine.apt / "sources.list.d/adoptium.list").read_text()
        self.assertRegex(source, r"^deb \[signed-by=\S+/adoptium.asc\] https://\S+/deb bookworm main\n$")
        self.assertIn("--no-install-recommends ca-certificates curl\n", machine.did())

    def test_names_temurin_before_it_installs_it(self) -> None:
        machine = self.machine()
        code, text = machine.run_on_terminal("n", "no", "jdk")
        self.assertEqual(code, 1)
        self.assertIn("To install it, this runs as root:", text)
        self.assertIn("temurin-25-jdk", text)

    def test_says_how_else_to_get_a_jdk(self) -> None:
        machine = self.machine()
        machine.program("install", "exit 0")
        machine.program("curl", "exit 22")
        code, text = machine.run("yes", "jdk")
        self.assertEqual(code, 1)
        self.assertIn("Not all could be installed.", text)
        self.assertIn("sdk install java 25-tem", text)

    def test_ubuntu_has_chromium_as_a_snap(self) -> None:
        machine = self.machine(UBUNTU_24)
        machine.package("snapd")
        code, text = machine.run("no", "chromium")
        self.assertEqual(code, 1)
        self.assertIn("--no-install-recommends snapd && snap install chromium", text)

    def test_a_driver_of_another_version_drives_no_browser(self) -> None:
        machine = self.machine()
        machine.program("chromium", "echo Chromium 120.0.1.2")
        machine.program("chromedriver", "echo ChromeDriver 119.0.1.2")
        code, text = machine.run("no", "chromium")
        self.assertEqual(code, 1)
        self.assertIn("Chromium and its driver, of one version", text)

    def test_names_what_is_missing_where_there_is_no_package_manager(self) -> None:
        machine = self.machine()
        (machine.bin / "apt-get").unlink()
        code, text = machine.run("yes", "haproxy")
        self.assertEqual(code, 1)
        self.assertIn("  HAProxy\nInstall it, and start again.", text)


if __name__ == "__main__":
    unittest.main()
