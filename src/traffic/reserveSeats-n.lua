--[[
  Reserves seats for a batch of holds, in their order. A hold gets its seats if the seats that its address and network hold
  unconfirmed stay within their limits, and if none of the keys exists that speak against it. Each seat is a member of both
  sets, with the time at which it counts no more as its score.

  All keys have the same hash tag, that of the event.

  KEYS     for each hold: the seats of its address, event:{<id>}:held:address:<hash>, and the seats of its network,
           event:{<id>}:held:network:<hash>; then for each hold the keys that speak against it
  ARGV[1]  the current time, in milliseconds since 1970
  ARGV[2]  time at which the reservations end
  ARGV[3]  maximum number of seats of an address
  ARGV[4]  maximum number of seats of a network
  ARGV[5…] for each hold: the ID of its reservation, the number of seats, and the number of keys that speak against it

  Output: for each hold four numbers. First 0 if the seats are reserved, -1 if a key speaks against it, or else 1 or 2, the
  set that is full; then the time at which the next seat of that set counts no more; then the number of seats in each set, up
  to the one that is full
]]
local now, ends = tonumber(ARGV[1]), tonumber(ARGV[2])
local holds = (#ARGV - 4) / 3

local function reserve(sets, id, count)
  local held = {0, 0}
  for i, set in ipairs(sets) do
    redis.call('ZREMRANGEBYSCORE', set, '-inf', now) -- guard: expired-seats-not-counted
    held[i] = redis.call('ZCARD', set)
    if held[i] + count > tonumber(ARGV[2 + i]) then -- guard: held-seats-limit
      local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')
      return i, math.ceil(tonumber(first[2] or ends)), held[1], held[2]
    end
  end
  local members = {}
  for seat = 1, count do
    members[2 * seat - 1], members[2 * seat] = ends, id .. ':' .. seat
  end
  for i, set in ipairs(sets) do
    redis.call('ZADD', set, unpack(members))
    if held[i] == 0 then
      redis.call('PEXPIRE', set, math.ceil(ends - now))
    else
      redis.call('PEXPIRE', set, math.ceil(ends - now), 'GT')
    end
  end
  return 0, 0, held[1] + count, held[2] + count
end

local against = {}
if #KEYS > 2 * holds then against = redis.call('MGET', unpack(KEYS, 2 * holds + 1)) end
local at = 0
local output = {}
for hold = 1, holds do
  local id, count, keys = ARGV[3 * hold + 2], tonumber(ARGV[3 * hold + 3]), tonumber(ARGV[3 * hold + 4])
  local isSuspect = false
  for i = at + 1, at + keys do
    isSuspect = isSuspect or against[i]
  end
  at = at + keys
  local refused, freeAt, ofAddress, ofNetwork = -1, 0, 0, 0
  if not isSuspect then -- guard: suspect-keeps-no-seats
    refused, freeAt, ofAddress, ofNetwork = reserve({KEYS[2 * hold - 1], KEYS[2 * hold]}, id, count)
  end
  output[4 * hold - 3], output[4 * hold - 2] = refused, freeAt
  output[4 * hold - 1], output[4 * hold] = ofAddress, ofNetwork
end
return output
