--[[
  Settles the reservations of a batch of holds that succeeded: their seats count until the deadline of the hold. If the
  booking's key exists already, the hold repeats one whose seats count, or it has ended meanwhile: its seats count no more.
  Seats that are no longer counted stay so.

  All keys have the same hash tag, that of the event.

  KEYS     for each hold: the key of the booking, event:{<id>}:held:booking:<id>, and the sets of its address and network
  ARGV     for each hold: the deadline in milliseconds since 1970, the time until then in milliseconds, the ID of the
           reservation, and the number of seats
]]
for hold = 1, #KEYS / 3 do
  local booking, address, network = KEYS[3 * hold - 2], KEYS[3 * hold - 1], KEYS[3 * hold]
  local deadline, ttl, id, count = unpack(ARGV, 4 * hold - 3, 4 * hold)
  -- The text that restores the reservation.
  local reserved = table.concat({address, network, id, count}, ' ')
  local isNew = redis.call('SET', booking, reserved, 'PX', ttl, 'NX')
  local scored, members = {}, {}
  for seat = 1, tonumber(count) do
    local member = id .. ':' .. seat
    members[seat] = member
    scored[2 * seat - 1], scored[2 * seat] = deadline, member
  end
  for _, set in ipairs({address, network}) do
    if isNew then -- guard: repeated-hold-counts-once
      redis.call('ZADD', set, 'XX', unpack(scored))
      redis.call('PEXPIRE', set, ttl, 'GT')
    else
      redis.call('ZREM', set, unpack(members))
    end
  end
end
