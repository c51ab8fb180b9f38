"""Whether the journal's Redis keeps what it accepted, should it be killed."""

from typing import cast

from redis import Redis
from redis.exceptions import ResponseError

# Measured over 8 kills under load: see docs/chaos.md. With everysec Redis answers up to 2 s before it writes:
# https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#append-only-file
_WANTED = {
    "appendonly": ("yes", "what was accepted is gone when Redis ends"),
    "appendfsync": ("always", "what was accepted in the last seconds may be gone when Redis is killed"),
    "maxmemory-policy": ("noeviction", "what was accepted may be thrown away when the memory is full"),
}


def find_weaknesses(redis: Redis) -> list[str]:
    """A sentence for each option of Redis that lets accepted events be lost; none if Redis does not tell.

    Raises redis.exceptions.RedisError if Redis cannot be reached.
    """
    try:
        options = {name: cast("dict[str, str]", redis.config_get(name)).get(name) for name in _WANTED}
    except ResponseError:
        return []  # services that manage Redis for others keep CONFIG to themselves
    return [
        f"{name} is {options[name]}: {meaning}; set it to {wanted}"
        for name, (wanted, meaning) in _WANTED.items()
        if options[name] not in {wanted, None}
    ]
