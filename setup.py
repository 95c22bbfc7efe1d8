"""What a wheel holds beside the modules: the files that the generator ships, where `generator.shipped` looks for them.

Everything else about the project stands in pyproject.toml.
"""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generator.shipped import PACKAGE, ROOT, SHARE, outside_package


class WithShippedFiles(build_py):
    """An editable installation reads them from the repository instead."""

    def run(self) -> None:
        super().run()
        for file in () if self.editable_mode else outside_package():
            target = Path(self.build_lib, PACKAGE.name, SHARE.name, file.relative_to(ROOT))
            self.mkpath(str(target.parent))
            self.copy_file(str(file), str(target))


setup(cmdclass={"build_py": WithShippedFiles})
