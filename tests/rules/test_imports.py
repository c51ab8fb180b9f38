import subprocess
import sys

_PROGRAM = """
import importlib, pkgutil, sys
import rules
for module in pkgutil.iter_modules(rules.__path__, "rules."):
    importlib.import_module(module.name)
print(*sys.modules)
"""


def test_importing_the_rules_loads_no_client_of_a_server() -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    loaded = set(ran.stdout.split())
    assert "rules.creation" in loaded
    assert loaded.isdisjoint({"celery", "kombu", "redis", "requests", "simple_salesforce"})
