"""Buys tickets with the Python client gql."""

import asyncio
import random
import time
import uuid
from base64 import b64decode
from datetime import datetime
from pathlib import Path

import aiohttp
from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.websockets import WebsocketsTransport

ROOT = Path(__file__).parents[3]
FOLDERS = [ROOT / "docs/examples/operations", ROOT / "src/http/routes/graphiql/operations"]


def read_operation(name):
    """Returns the text of an operation."""
    return next(path for folder in FOLDERS if (path := folder / f"{name}.graphql").exists()).read_text()


# region connect
def connect(origin, token=None):
    """Returns a client to be used with `async with connect(…) as session`."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    transport = AIOHTTPTransport(url=f"{origin}/graphql", headers=headers, timeout=30)
    return Client(transport=transport)


async def send(session, operation, **variables):
    return await session.execute(GraphQLRequest(read_operation(operation), variable_values=variables))
# endregion


# region session
async def start_session(session):
    """Returns a buyer's token. Connect again with it."""
    return (await send(session, "start-guest-session"))["startGuestSession"]["token"]
# endregion


# region events
async def list_events(session):
    events = (await send(session, "events-on-sale"))["events"]
    return [edge["node"] for edge in events["edges"]]


async def load_seat_map(session, origin, event_id):
    """Returns the map of an event, and the layout of its seats, which never changes under its URL."""
    seat_map = (await send(session, "load-seat-map", eventId=event_id))["event"]["seatMap"]
    async with aiohttp.ClientSession() as http:
        async with http.get(origin + seat_map["layoutUrl"], raise_for_status=True) as response:
            return seat_map, await response.json()
# endregion


# region map
STATUSES = ("AVAILABLE", "HELD", "BOOKED", "BLOCKED")


class SeatMap:
    """The status of every seat, by index."""

    def __init__(self, seat_count):
        self.seat_count = seat_count
        self.version = None
        self.statuses = []

    def replace(self, snapshot):
        packed = b64decode(snapshot["states"], validate=True)
        if len(packed) != (self.seat_count + 3) // 4:
            raise ValueError("the map belongs to another event")
        self.statuses = [STATUSES[packed[i >> 2] >> 2 * (i & 3) & 3] for i in range(self.seat_count)]
        self.version = snapshot["version"]

    def apply(self, message):
        """Applies a message. Returns False if a change is missing; then subscribe again for a snapshot."""
        if message["__typename"] == "SeatMapSnapshot":
            self.replace(message)
            return True
        if self.version is None or message["fromVersion"] > self.version:
            return False
        if message["version"] > self.version:
            for seat in message["seats"]:
                self.statuses[seat["index"]] = seat["status"]
            self.version = message["version"]
        return True
# endregion


SEAT_UPDATES = """
subscription SeatUpdates($eventId: ID!, $afterVersion: Int) {
  seatUpdates(eventId: $eventId, afterVersion: $afterVersion) {
    __typename
    ... on SeatMapSnapshot { version states }
    ... on SeatsChanged { fromVersion version seats { index status } }
  }
}
"""


# region live
async def watch_seats(origin, event_id, seats, on_change):
    """Keeps the map current until it is canceled. Resumes from the map's version after each lost connection."""
    url = origin.replace("http", "ws", 1) + "/graphql"
    after_version, wait = seats.version, 0.5
    while True:
        started = time.monotonic()
        try:
            # Pings detect a connection that died without notice.
            transport = WebsocketsTransport(url=url, ping_interval=10, pong_timeout=5)
            async with Client(transport=transport) as session:
                variables = {"eventId": event_id, "afterVersion": after_version}
                request = GraphQLRequest(SEAT_UPDATES, variable_values=variables)
                async for result in session.subscribe(request):
                    if not seats.apply(result["seatUpdates"]):
                        after_version = None
                        break
                    after_version = seats.version
                    on_change()
        except TransportQueryError as error:
            if any(e.get("extensions", {}).get("code") == "NOT_FOUND" for e in error.errors or []):
                raise
        except (TransportError, OSError, asyncio.TimeoutError):
            pass
        if time.monotonic() - started > 10:
            wait = 0.5
        await asyncio.sleep(random.uniform(0, wait))
        wait = min(2 * wait, 30)
# endregion


# region hold
async def hold_seats(session, event_id, seat_ids, attempts=5):
    """Holds seats. Repeats the call if the server is busy or does not respond."""
    # One key for all attempts. If an earlier attempt was committed, the server returns its booking.
    choice = {"eventId": event_id, "seatIds": seat_ids, "idempotencyKey": str(uuid.uuid4())}
    for attempt in range(1, attempts + 1):
        try:
            result = (await send(session, "hold-seats", input=choice))["holdSeats"]
            if "retryAfterSeconds" not in result or attempt == attempts:
                return result
            wait = result["retryAfterSeconds"]
        except TransportQueryError:
            raise  # the server refused the request, for example because of the token
        except (TransportError, aiohttp.ClientError, OSError, asyncio.TimeoutError):
            if attempt == attempts:
                raise
            wait = 1
        await asyncio.sleep(wait * random.uniform(1, 2))
# endregion


# region errors
def describe_hold(result):
    match result["__typename"]:
        case "Booking":
            return "Held: " + "; ".join(seat["label"] for seat in result["seats"])
        case "SeatsUnavailableError":
            return "No longer available: " + "; ".join(seat["label"] for seat in result["seats"])
        case _:
            return result["message"]  # every error has a code and a message
# endregion


# region countdown
def get_seconds_left(hold, sent_at):
    """Returns the seconds until a new hold ends. `sent_at` is `time.monotonic()` before the request was sent."""
    lifetime = datetime.fromisoformat(hold["holdExpiresAt"]) - datetime.fromisoformat(hold["createdAt"])
    return max(0, lifetime.total_seconds() - (time.monotonic() - sent_at))
# endregion


# region finish
async def confirm_booking(session, booking_id):
    return (await send(session, "confirm-booking", input={"bookingId": booking_id}))["confirmBooking"]


async def release_booking(session, booking_id):
    return (await send(session, "release-booking", input={"bookingId": booking_id}))["releaseBooking"]
# endregion


# region bookings
async def list_bookings(session, page_size):
    bookings, after = [], None
    while True:
        viewer = (await send(session, "my-bookings", first=page_size, after=after))["viewer"]
        page = viewer["bookings"]
        bookings += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return bookings
        after = page["pageInfo"]["endCursor"]


async def refetch_booking(session, booking_id):
    return (await send(session, "refetch-booking", id=booking_id))["node"]
# endregion
