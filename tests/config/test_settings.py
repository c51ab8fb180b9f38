"""The environment: what it may say, and what it is told when it is wrong, without a secret."""

import os
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.settings import BadSettings, connection_names, load_connection, load_settings

SECRET = "hunter2"
GOOD = {
    "BOOKFORCE_SALESFORCE_LOGIN_URL": "https://login.salesforce.com",
    "BOOKFORCE_SALESFORCE_CLIENT_ID": "client",
    "BOOKFORCE_SALESFORCE_CLIENT_SECRET": SECRET,
}
JWT = {"BOOKFORCE_SALESFORCE_USERNAME": "api@acme.example", "BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE": "key.pem"}
Environment = Callable[[Mapping[str, str]], None]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """Sets variables, in an environment and a working folder that say nothing else."""
    for name in [name for name in os.environ if name.startswith("BOOKFORCE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def set_all(variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_all


def test_an_empty_environment_means_a_redis_on_this_machine() -> None:
    settings = load_settings()
    assert (settings.redis_url, settings.log_format, settings.keep_finished_days) == (
        "redis://localhost:6379/0",
        "console",
        30,
    )


@pytest.mark.parametrize(
    ("variables", "broker"),
    [
        pytest.param({}, "redis://here:6379/1", id="the same Redis"),
        pytest.param({"BOOKFORCE_BROKER_URL": ""}, "redis://here:6379/1", id="empty"),
        pytest.param({"BOOKFORCE_BROKER_URL": "amqp://mq//"}, "amqp://mq//", id="another broker"),
    ],
)
def test_the_broker_is_the_journals_redis_unless_named(
    environment: Environment, variables: Mapping[str, str], broker: str
) -> None:
    environment({"BOOKFORCE_REDIS_URL": "redis://here:6379/1", **variables})
    assert load_settings().broker == broker


@pytest.mark.parametrize(
    "url", ["redis://h/0", "rediss://u:p@h:6380/0", "unix:///run/redis.sock", "redis://:p@h?db=2"], ids=str
)
def test_the_journal_is_any_redis(environment: Environment, url: str) -> None:
    environment({"BOOKFORCE_REDIS_URL": url})
    assert load_settings().redis_url == url


@pytest.mark.parametrize(
    "url", ["redis://h/0", "rediss://h/0", "amqp://h//", "pyamqp://h//", "sentinel://h:26379/0", "memory://"]
)
def test_the_broker_is_any_of_celerys(environment: Environment, url: str) -> None:
    environment({"BOOKFORCE_BROKER_URL": url})
    assert load_settings().broker == url


REDIS = "BOOKFORCE_REDIS_URL: expected an address such as redis://localhost:6379/0"
BROKER = "BOOKFORCE_BROKER_URL: expected the address of a Celery broker, such as redis://localhost:6379/0 or amqp://"
BAD_SETTINGS = [
    ("BOOKFORCE_REDIS_URL", f"http://:{SECRET}@h", REDIS),
    ("BOOKFORCE_REDIS_URL", f"redis//:{SECRET}@h", REDIS),
    ("BOOKFORCE_REDIS_URL", f"redis://:{SECRET}@h:port/0", REDIS),
    ("BOOKFORCE_REDIS_URL", f"redis://:{SECRET}@h/0?db=first", REDIS),
    ("BOOKFORCE_REDIS_URL", f"redis://:{SECRET}/x@h", REDIS),
    ("BOOKFORCE_REDIS_URL", "", REDIS),
    ("BOOKFORCE_BROKER_URL", f"rabbit://:{SECRET}@h", BROKER),
    ("BOOKFORCE_BROKER_URL", "localhost:6379", BROKER),
    ("BOOKFORCE_LOG_FORMAT", "xml", "BOOKFORCE_LOG_FORMAT: Input should be 'console' or 'json'"),
    ("BOOKFORCE_KEEP_FINISHED_DAYS", "a week", "BOOKFORCE_KEEP_FINISHED_DAYS: Input should be a valid integer"),
    ("BOOKFORCE_KEEP_FINISHED_DAYS", "0", "BOOKFORCE_KEEP_FINISHED_DAYS: Input should be greater than or equal to 1"),
    (
        "BOOKFORCE_KEEP_FINISHED_DAYS",
        "4000",
        "BOOKFORCE_KEEP_FINISHED_DAYS: Input should be less than or equal to 3650",
    ),
]


@pytest.mark.parametrize(
    ("variable", "value", "message"), BAD_SETTINGS, ids=[f"{row[0]}-{n}" for n, row in enumerate(BAD_SETTINGS)]
)
def test_a_bad_setting_is_told_by_its_variable(
    environment: Environment, variable: str, value: str, message: str
) -> None:
    environment({variable: value})
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert_says(caught.value, message)


def test_client_credentials_are_enough(environment: Environment) -> None:
    environment(GOOD)
    connection = load_connection("default")
    assert connection.salesforce_client_secret == SecretStr(SECRET)
    assert (connection.salesforce_api_version, connection.setup) == ("62.0", None)


def test_a_username_and_a_key_are_enough(environment: Environment) -> None:
    environment({name: value for name, value in GOOD.items() if "SECRET" not in name} | JWT)
    assert load_connection("default").salesforce_private_key_file == Path("key.pem")


@pytest.mark.parametrize(
    "url", ["https://test.salesforce.com", "https://acme.my.salesforce.com/", "https://localhost:8443"]
)
def test_the_login_address_is_kept_without_its_last_slash(environment: Environment, url: str) -> None:
    environment(GOOD | {"BOOKFORCE_SALESFORCE_LOGIN_URL": url})
    assert load_connection("default").salesforce_login_url == url.rstrip("/")


LOGIN = (
    "BOOKFORCE_SALESFORCE_LOGIN_URL: expected https://login.salesforce.com, https://test.salesforce.com or the https"
)
WAYS = (
    "set BOOKFORCE_SALESFORCE_CLIENT_SECRET (client credentials), or BOOKFORCE_SALESFORCE_USERNAME and "
    "BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE (JWT bearer)"
)
BAD_CONNECTIONS: list[tuple[dict[str, str], str]] = [
    ({"BOOKFORCE_SALESFORCE_LOGIN_URL": "http://login.salesforce.com"}, LOGIN),
    ({"BOOKFORCE_SALESFORCE_LOGIN_URL": "login.salesforce.com"}, LOGIN),
    ({"BOOKFORCE_SALESFORCE_LOGIN_URL": "https://acme.my.salesforce.com/services/oauth2"}, LOGIN),
    ({"BOOKFORCE_SALESFORCE_LOGIN_URL": ""}, LOGIN),
    ({"BOOKFORCE_SALESFORCE_CLIENT_ID": ""}, "BOOKFORCE_SALESFORCE_CLIENT_ID: String should have at least 1 character"),
    ({"BOOKFORCE_SETUP": ""}, "BOOKFORCE_SETUP: expected the path of a file; unset it where there is none"),
    (
        {"BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE": ""},
        "BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE: expected the path of a file; unset it where there is none",
    ),
    ({"BOOKFORCE_SALESFORCE_CLIENT_SECRET": ""}, WAYS),
    ({"BOOKFORCE_SALESFORCE_CLIENT_SECRET": "", "BOOKFORCE_SALESFORCE_USERNAME": "x"}, WAYS),
    ({"BOOKFORCE_SALESFORCE_CLIENT_SECRET": "", "BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE": "x"}, WAYS),
    ({"BOOKFORCE_SALESFORCE_API_VERSION": "62"}, "BOOKFORCE_SALESFORCE_API_VERSION: expected a version such as 62.0"),
    (
        {"BOOKFORCE_SALESFORCE_API_VERSION": "v62.0"},
        "BOOKFORCE_SALESFORCE_API_VERSION: expected a version such as 62.0",
    ),
]


@pytest.mark.parametrize(("changes", "message"), BAD_CONNECTIONS, ids=[f"{row[0]}" for row in BAD_CONNECTIONS])
def test_a_bad_connection_is_told_by_its_variable(
    environment: Environment, changes: dict[str, str], message: str
) -> None:
    environment(GOOD | changes)
    with pytest.raises(BadSettings) as caught:
        load_connection("default")
    assert_says(caught.value, message)


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (
            "BOOKFORCE_SALESFORCE_LOGIN_URL",
            "https://login.salesforce.com, https://test.salesforce.com or the https address of a My Domain",
        ),
        ("BOOKFORCE_SALESFORCE_CLIENT_ID", "the consumer key of the org's app"),
    ],
)
def test_a_missing_variable_is_told_by_name_and_form_and_shows_no_neighbour(
    environment: Environment, variable: str, expected: str
) -> None:
    environment({name: value for name, value in GOOD.items() if name != variable})
    with pytest.raises(BadSettings) as caught:
        load_connection("default")
    assert_says(caught.value, f"{variable}: not set; expected {expected}")


def test_no_way_to_log_in_is_told_with_the_connections_own_variables(environment: Environment) -> None:
    environment({"BOOKFORCE_EU_SALESFORCE_LOGIN_URL": "https://x.example", "BOOKFORCE_EU_SALESFORCE_CLIENT_ID": "x"})
    with pytest.raises(
        BadSettings, match=r"set BOOKFORCE_EU_SALESFORCE_CLIENT_SECRET .* or BOOKFORCE_EU_SALESFORCE_USER"
    ):
        load_connection("eu")


def test_another_connection_has_its_name_in_the_variables(environment: Environment) -> None:
    environment(
        GOOD | {name.replace("BOOKFORCE_", "BOOKFORCE_EU_WEST_"): f"https://{n}.eu" for n, name in enumerate(GOOD)}
    )
    environment({"BOOKFORCE_EU_WEST_SETUP": "eu.toml"})
    connection = load_connection("eu_west")
    assert (connection.salesforce_login_url, connection.setup) == ("https://0.eu", Path("eu.toml"))


def test_another_connection_does_not_borrow_from_the_default_one(environment: Environment) -> None:
    environment(GOOD)
    with pytest.raises(BadSettings, match="BOOKFORCE_EU_SALESFORCE_LOGIN_URL: not set"):
        load_connection("eu")


@pytest.mark.parametrize(
    ("infixes", "names"),
    [
        pytest.param([], ["default"], id="none"),
        pytest.param([""], ["default"], id="one"),
        pytest.param(["ACME_", "", "ZEBRA_"], ["default", "acme", "zebra"], id="the default one first"),
        pytest.param(["EU_WEST_"], ["eu_west"], id="another alone"),
        pytest.param(["", "DEFAULT_"], ["default"], id="the default one by its name"),
    ],
)
def test_connections_are_those_with_a_login_address(
    environment: Environment, infixes: list[str], names: list[str]
) -> None:
    environment({f"BOOKFORCE_{infix}SALESFORCE_LOGIN_URL": "https://x.example" for infix in infixes})
    assert connection_names() == names


def test_the_setup_file_is_the_one_that_is_named(environment: Environment) -> None:
    Path("bookforce.toml").touch()
    environment(GOOD | {"BOOKFORCE_SETUP": "own.toml"})
    assert load_connection("default").setup == Path("own.toml")


def test_a_setup_file_in_the_working_folder_is_found(environment: Environment) -> None:
    Path("bookforce.toml").touch()
    environment(GOOD)
    assert load_connection("default").setup == Path("bookforce.toml")


def test_it_is_the_default_connections_alone(environment: Environment) -> None:
    Path("bookforce.toml").touch()
    environment({name.replace("BOOKFORCE_", "BOOKFORCE_EU_"): value for name, value in GOOD.items()})
    assert load_connection("eu").setup is None


def test_a_connection_shows_no_secret(environment: Environment) -> None:
    environment(GOOD)
    connection = load_connection("default")
    assert SECRET not in f"{connection!r} {connection} {connection.model_dump()} {connection.model_dump_json()}"


def assert_says(error: BadSettings, message: str) -> None:
    """One line that begins so; neither it nor the whole traceback shows the secret."""
    assert str(error).startswith(message)
    assert "\n" not in str(error)
    assert SECRET not in "".join(traceback.format_exception(error))


def test_a_broker_whose_package_is_not_installed_is_named(environment: Environment) -> None:
    environment({"BOOKFORCE_BROKER_URL": "sqs://"})
    with pytest.raises(BadSettings, match=r"BOOKFORCE_BROKER_URL: a broker of the kind 'sqs' needs a package"):
        load_settings()
