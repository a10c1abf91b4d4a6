"""build/shape over a small tree."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SHAPE = pathlib.Path(__file__).resolve().parents[1] / "shape"

DOOR = """package io.house.hall;

import io.house.cellar.Stairs;

/** A door. // not a comment of its own */
public class Door {
  Stairs stairs; // leads down
  String text = "/* no comment */ Roof";

  int open(int wide) {
    if (wide > 0) {
      return wide;
    }
    return 0;
  }
}
"""
STAIRS = """package io.house.cellar;

import io.house.hall.Door;

public class Stairs {
  Door up;
}
"""


class ShapeTest(unittest.TestCase):
    def shape(self, files: dict[str, str]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                file = pathlib.Path(folder, "src/main/java", name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            command = [sys.executable, "-B", str(SHAPE), folder]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def test_finds_circles_of_files_and_rooms(self) -> None:
        text = self.shape({"hall/Door.java": DOOR, "cellar/Stairs.java": STAIRS})
        self.assertRegex(text, r"circles of files +1 +of 2 files")
        self.assertRegex(text, r"circles of rooms +io.house.cellar io.house.hall")

    def test_finds_no_circle_where_a_name_stands_in_a_string(self) -> None:
        roof = "package io.house.hall;\n\npublic class Roof {\n  Door door;\n}\n"
        text = self.shape({"hall/Door.java": DOOR, "hall/Roof.java": roof})
        self.assertRegex(text, r"circles of files +0 ")

    def test_measures_methods_and_comments(self) -> None:
        text = self.shape({"hall/Door.java": DOOR})
        self.assertRegex(text, r"longest methods +6 Door.open")
        self.assertRegex(text, r"lines of comment +2 ")

    def test_names_public_types_without_documentation(self) -> None:
        text = self.shape({"hall/Door.java": DOOR, "cellar/Stairs.java": STAIRS})
        self.assertRegex(text, r"public, no Javadoc +1 +Stairs")

    def test_finds_what_stands_twice(self) -> None:
        lines = "".join(f"  int field{i} = {i};\n" for i in range(10))
        twice = {f"a/{n}.java": f"package a;\n\nclass {n} {{\n{lines}}}\n" for n in ("One", "Two")}
        self.assertRegex(self.shape(twice), r"\b\d+ lines: One:4, Two:4|\b\d+ lines: One:\d+, Two:\d+")


if __name__ == "__main__":
    unittest.main()
