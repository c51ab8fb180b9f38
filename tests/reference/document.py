"""docs/configuration.md as text."""

from collections.abc import Iterable, Mapping, Sequence

from config.load import load_ruleset
from rules.mapping import booking_fields
from tests.reference.environment import (
    NAME,
    Variable,
    connection_variables,
    intake_variables,
    process_variables,
    procfile_variables,
    secret_variables,
)
from tests.reference.setup_file import ROW, Section, option_forms, read_sections

OF_THE_PROCFILE: Mapping[str, str] = {
    "WORKERS": "Processes of a worker: as many bookings are worked on at the same time, in batches.",
    "WEB_HOST": "Where the HTTP intake listens.",
    "WEB_PORT": "The port of the HTTP intake.",
}
"""What the lines of the Procfile read; other ways to start the processes may read the same."""

_HEAD = """# Configuration

Printed by `make docs` from the types that read it (`config/settings.py`, `config/intake.py`, `rules/ruleset.py`) and
from the comments of [`config/bookforce.toml`](../config/bookforce.toml). Secrets are in the environment alone; the
setup file holds none and belongs under version control. A variable or an option that cannot be used is refused at the
start, by name, with the form that is expected.

## The environment
"""

_CONNECTION = f"""### A Salesforce org

These are the default connection's. Those of another org have its name behind the prefix: `BOOKFORCE_{NAME}_SETUP` and
so on, say `BOOKFORCE_EMEA_SALESFORCE_LOGIN_URL` for the connection `emea`. A log-in takes either `…_CLIENT_SECRET` or
`…_USERNAME` with `…_PRIVATE_KEY_FILE`.
"""

_INTAKE = f"""### The HTTP intake

The secrets are the default connection's; `BOOKFORCE_{NAME}_ONCEHUB_SECRETS` and so on are those of others. A source
without secrets is closed.
"""

_OTHERS = """### Read by others

`bookforce-producer` reads `BOOKFORCE_REDIS_URL`, `BOOKFORCE_BROKER_URL`, `BOOKFORCE_JOURNAL_KEYS` and
`BOOKFORCE_JOURNAL_DIGEST_KEY` too, in the services that publish. `FLOWER_…` are [Flower's own
options](https://flower.readthedocs.io/en/latest/config.html). `REQUESTS_CA_BUNDLE` is the file of the certificates to
trust in place of the usual ones. What starts the processes (Procfile, [systemd or a
container](operations.md#starting)) reads:
"""

_SETUP = """## The setup file

TOML; `BOOKFORCE_SETUP` names it. Your own file names only what differs from the shipped one; an empty one is complete.
[What the choices do to records](creation-rules.md) is a page of its own.
"""


def document() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        "### The process\n",
        _variables(process_variables()),
        _CONNECTION,
        _variables(connection_variables()),
        _INTAKE,
        _variables((*intake_variables(), *secret_variables())),
        _OTHERS,
        _variables(
            Variable(name=name, form="", default=f"`{default}`", what=OF_THE_PROCFILE[name])
            for name, default in procfile_variables().items()
        ),
        _SETUP,
        *map(_section, sorted(read_sections(), key=_step)),
        _shipped_rows(),
    ]
    return "\n".join(parts)


def _step(section: Section) -> str:
    """The setup steps in their order, though TOML wants another one; the rest behind them as in the file."""
    return section.title[: len("Step 2")] if section.title.startswith("Step ") else "T"


def _variables(variables: Iterable[Variable]) -> str:
    rows = [(f"`{each.name}`", each.form, each.default, each.what) for each in variables]
    head = ("variable", "form", "default", "what")
    shown = [n for n in range(len(head)) if any(row[n] for row in rows)]
    return _table([head[n] for n in shown], [[row[n] for n in shown] for row in rows])


def _section(section: Section) -> str:
    forms = [(path, form) for path, form in option_forms() if path in section.paths]
    rows = [
        (f"`{path}`", form, _shipped(section, path), section.what(path).replace("|", "\\|")) for path, form in forms
    ]
    remarks = "".join(f"{line}\n" for line in section.remarks)
    table = _table(("option", "form", "as shipped", "what"), rows)
    return "\n".join(part for part in (f"### {section.title}\n", remarks, table) if part)


def _shipped(section: Section, path: str) -> str:
    value = section.shipped.get(path, "")
    return "see below" if value.endswith("[") else f"`{value}`" if value else ""


def _shipped_rows() -> str:
    """The mapping rows, and what rows may name."""
    rows = [(f"`{row.booking}`", f"`{row.object}.{row.field}`") for row in load_ruleset(None).field_mapping]
    names = ", ".join(f"`{name}`" for name in booking_fields())
    where = f"`field_mapping{ROW}.booking`, and `field_validation{ROW}.value` where the source is `booking`, may be"
    return f"### The shipped mapping rows\n\n{_table(('booking field', 'fills'), rows)}\n{where}: {names}.\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
