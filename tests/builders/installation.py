"""An installation of its own, worked by the real command line in processes that can be killed."""

import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

COMMAND = "import sys; from umschlag.jobs.command_line import main; sys.exit(main())"
PATIENCE_SECONDS = 120


@dataclass
class Installation:
    """The demo's folder and records; its Plentymarkets is the simulator on the port."""

    folder: Path
    port: int

    @classmethod
    def copied(cls, prepared, folder, port):
        """Return one that begins with the records of another, since making tables takes long."""
        shutil.copytree(prepared / "var", folder / "var")
        return cls(folder, port)

    def started(self, *arguments):
        """Return the command's process: everything it says comes out of one pipe."""
        return subprocess.Popen(
            [sys.executable, "-c", COMMAND, "--verbose", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env={
                **{name: value for name, value in os.environ.items() if "UMSCHLAG" not in name},
                "DJANGO_SETTINGS_MODULE": "umschlag.web.settings",
                "UMSCHLAG_VAR_DIR": str(self.folder / "var"),
                "UMSCHLAG_CONFIG": str(self.folder / "no-such-file.toml"),
                "UMSCHLAG_SIMULATORS_PORT": str(self.port),
                "UMSCHLAG_BACKFILL_DAYS": "2",
                "DATABASE_URL": "",
            },
        )

    def run(self, *arguments):
        """Return what the command says, once it has ended well."""
        process = self.started(*arguments)
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, said
        return said

    def rows(self, table):
        """Return the rows of a table of the records, read past our own code."""
        records = sqlite3.connect(self.folder / "var" / "records.sqlite3")
        try:
            found = records.execute(f"select * from {table}")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]
        finally:
            records.close()

    def half_read(self):
        """Return the names of the pages that are kept for a run that goes on."""
        return [path.stem for path in (self.folder / "var" / "half-read").rglob("*.part")]
