"""Generated connections for tests with many: the same index always gives the same connection."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from emulator.fivetran.connector import Connector
from emulator.fivetran.group import Group
from emulator.fivetran.sample_schemas import application
from emulator.fivetran.schema_config import from_source

GENERATED_GROUP = Group("bulging_archive", "Generated", 1_700_000_000.0)
FIRST_WORDS = """
amber ancient arctic bashful bitter blissful bold brave bright broken calm careful cheerful civil
clever cloudy cold cosmic crisp curious daring dark deep distant dizzy dusty eager early elegant
empty fancy fearless fierce foggy formal frosty gentle giant golden grand green hasty hidden hollow
humble icy idle jolly keen kind late lazy light little lonely loud lucky lunar mild misty modest
narrow noble odd pale plain polite proud quick quiet rapid rare rough royal rusty shiny silent
"""
SECOND_WORDS = """
acorn anchor anvil apple arrow badge barrel basin beacon bell bench bottle branch bridge brush
bucket button cabin candle canvas carpet castle chimney circle cliff clock cloud copper coral corner
cradle crane crown curtain desert drum engine falcon feather fence ferry field fiddle flame forest
fountain garden gate glacier hammer harbor hill island jacket kettle ladder lagoon lake lamp lantern
leaf maple marble meadow mirror mountain needle ocean orchard paddle pebble pillow planet pocket
quarry river saddle shadow spoon valley
"""
SERVICES = ("postgres", "mysql", "salesforce", "stripe", "zendesk", "hubspot", "google_ads", "s3")
FREQUENCIES = (60, 180, 360, 720, 1440)


def generated_connectors(amount: int, now: float, taken: frozenset[str]) -> Iterator[Connector]:
    """Yield `amount` healthy connections with manual schedules; their ages count back from `now`."""
    for index, name in enumerate(islice((one for one in names() if one not in taken), amount)):
        service = SERVICES[index % len(SERVICES)]
        schema = f"{service}_{index:05d}"
        source = application(schema, "accounts")
        yield Connector(
            name,
            service,
            schema,
            GENERATED_GROUP.id,
            sync_frequency=FREQUENCIES[index % len(FREQUENCIES)],
            created_at=now - 86400.0 * (30 + index % 300),
            succeeded_at=now - 60.0 * (5 + index % 50),
            source=source,
            schema_config=from_source(source),
            config={"schema": schema},
        )


def names() -> Iterator[str]:
    """Yield ids of two words in Fivetran's style, with a number once all pairs are used."""
    adjectives, nouns = FIRST_WORDS.split(), SECOND_WORDS.split()
    pairs = len(adjectives) * len(nouns)
    index = 0
    while True:
        turn, pair = divmod(index, pairs)
        first, second = divmod(pair, len(nouns))
        noun = nouns[(second + first) % len(nouns)]
        yield f"{adjectives[first]}_{noun}" + (f"_{turn + 1}" if turn else "")
        index += 1
