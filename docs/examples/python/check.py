"""Runs every function of sellout.py against a server: python check.py http://localhost:4000"""

import asyncio
import sys
import time

import sellout


async def reach(condition, changed):
    while not condition():
        await asyncio.wait_for(changed.wait(), 30)
        changed.clear()


async def check(origin):
    async with sellout.connect(origin) as session:
        token = await sellout.start_session(session)
        events = await sellout.list_events(session)
        event_id = events[0]["id"]
        seat_map, layout = await sellout.load_seat_map(session, origin, event_id)

    seats = sellout.SeatMap(len(layout["seatIds"]))
    seats.replace(seat_map)
    free = [index for index, status in enumerate(seats.statuses) if status == "AVAILABLE"][:3]
    ids = [layout["seatIds"][index] for index in free]
    assert len(ids) == 3

    async with sellout.connect(origin, token) as session:
        changed = asyncio.Event()
        watching = asyncio.create_task(sellout.watch_seats(origin, event_id, seats, changed.set))
        sent_at = time.monotonic()
        held = await sellout.hold_seats(session, event_id, ids[:2])
        assert held["status"] == "HOLD", held
        assert sellout.describe_hold(held).startswith("Held: ")
        assert 0 < sellout.get_seconds_left(held, sent_at) <= 300
        assert sellout.get_seconds_left(held, sent_at - 300) == 0
        await reach(lambda: seats.statuses[free[0]] == "HELD", changed)
        watching.cancel()

        taken = await sellout.hold_seats(session, event_id, ids[:1])
        assert taken["code"] == "SEATS_UNAVAILABLE", taken
        assert sellout.describe_hold(taken).startswith("No longer available: ")
        booked = await sellout.confirm_booking(session, held["id"])
        assert booked["status"] == "CONFIRMED", booked

        # Resumes from the version before the confirmation.
        watching = asyncio.create_task(sellout.watch_seats(origin, event_id, seats, changed.set))
        await reach(lambda: seats.statuses[free[0]] == "BOOKED", changed)
        watching.cancel()
        assert not seats.apply(
            {"__typename": "SeatsChanged", "fromVersion": seats.version + 1, "version": seats.version + 2, "seats": []}
        )

        other = await sellout.hold_seats(session, event_id, ids[2:])
        released = await sellout.release_booking(session, other["id"])
        assert released["status"] == "RELEASED", released
        bookings = await sellout.list_bookings(session, 1)
        assert [(b["id"], b["status"]) for b in bookings] == [
            (other["id"], "RELEASED"),
            (held["id"], "CONFIRMED"),
        ], bookings
        again = await sellout.refetch_booking(session, held["id"])
        assert again["status"] == "CONFIRMED", again


asyncio.run(check(sys.argv[1]))
print("The Python example works.")
