"""Run as a process of its own: each line of its input is a command for a fork that has imported everything.

A line is JSON: arguments, the files for output and errors, and Python to run before. The answer is the exit
code. What a command imports, and how long that takes, is test_startup's business.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

PRELOADED = ("kampanya.commands", "operations.apply", "operations.load", "connectors.meta.client", "duckdb")


def main() -> None:
    from importlib import import_module

    from kampanya.__main__ import main as command

    for module in PRELOADED:
        import_module(module)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            begin(json.loads(line))
            command()
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def begin(job: dict[str, Any]) -> None:
    """As a process that was started with these arguments; nobody types anything."""
    for stream, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, job["out"], os.O_WRONLY),
        (2, job["err"], os.O_WRONLY),
    ):
        file = os.open(path, flags)
        os.dup2(file, stream)
        os.close(file)
    sys.argv = ["kampanya", *job["arguments"]]
    exec(job["before"], {})


if __name__ == "__main__":
    main()
