"""The contract as JSON Schema, for services in other languages: `python -m bookforce_producer.schema` prints it."""

import json
import sys
from typing import Any

from .contract import BookingEvent


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a booking event.

    It is a little wider than the contract: the checksum of a Salesforce id and the form of an e-mail address are
    checked when an event is read.
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **BookingEvent.model_json_schema()}


def main() -> None:
    """Print it."""
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")


if __name__ == "__main__":
    main()
