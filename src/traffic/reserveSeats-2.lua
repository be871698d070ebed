--[[
  Reserves seats for a hold, if the seats that an address and its network hold unconfirmed stay within their limits. Each seat
  is a member of both sets, with the time at which it counts no more as its score.

  KEYS[1]  the seats of the address, event:{<id>}:held:address:<hash>
  KEYS[2]  the seats of the network, event:{<id>}:held:network:<hash>
  ARGV[1]  the current time, in milliseconds since 1970
  ARGV[2]  time at which the reservation ends
  ARGV[3]  the ID of the reservation
  ARGV[4]  the number of seats
  ARGV[5]  maximum number of seats of the address
  ARGV[6]  maximum number of seats of the network

  Output: {0, 0} if the seats are reserved; otherwise the position in KEYS of the set that is full, and the time at which its
  next seat counts no more. Then the number of seats in each set, up to the one that is full
]]
local held = {}
local now, ends, count = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4])
for i = 1, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now) -- guard: expired-seats-not-counted
  held[i] = redis.call('ZCARD', KEYS[i])
  if held[i] + count > tonumber(ARGV[4 + i]) then -- guard: held-seats-limit
    local first = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
    return {i, math.ceil(tonumber(first[2] or ends)), unpack(held)}
  end
end
for i = 1, 2 do
  for seat = 1, count do
    redis.call('ZADD', KEYS[i], ends, ARGV[3] .. ':' .. seat)
  end
  local ttl = math.ceil(ends - now)
  if redis.call('PTTL', KEYS[i]) < ttl then
    redis.call('PEXPIRE', KEYS[i], ttl)
  end
end
return {0, 0, held[1] + count, held[2] + count}
