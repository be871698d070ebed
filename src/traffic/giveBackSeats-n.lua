--[[
  Counts reserved seats no more.

  All keys have the same hash tag, that of the event.

  KEYS     for each reservation: the sets of its address and network
  ARGV     for each reservation: its ID and the number of seats
]]
for reservation = 1, #KEYS / 2 do
  local members = {}
  for seat = 1, tonumber(ARGV[2 * reservation]) do
    members[seat] = ARGV[2 * reservation - 1] .. ':' .. seat
  end
  redis.call('ZREM', KEYS[2 * reservation - 1], unpack(members))
  redis.call('ZREM', KEYS[2 * reservation], unpack(members))
end
