"""Prints the changes by aiohttp-sse-client. Each connection is an object of its own, because the library signs only the first."""

import asyncio
import sys
from datetime import timedelta

import aiohttp
from aiohttp_sse_client.client import EventSource

import signed


async def read():
    position = ""
    async with aiohttp.ClientSession() as session:
        while True:
            source = EventSource(
                signed.ADDRESS,
                option={"method": "POST"},
                # Longer than anybody waits: `on_error` comes first, and ends the connection.
                reconnection_time=timedelta(seconds=60),
                max_connect_retry=0,
                session=session,
                on_error=end,
                headers=signed.headers(position),
                json={},
            )
            try:
                async with source:
                    async for event in source:
                        print(event.data, flush=True)
                        position = event.last_event_id
            # The last one is what the library raises for statuses like 503.
            except (Ended, aiohttp.ClientError, ConnectionError) as error:
                print(f"interrupted: {type(error).__name__}", file=sys.stderr)
            await asyncio.sleep(0.1)


class Ended(Exception):
    """The library would come again, with a signature that is too old by then."""


def end():
    raise Ended


asyncio.run(read())
