--[[
  Reserves a slot for each number that is called, until it is claimed or its minute has passed. Numbers that were given
  back need none.

  KEYS[1]  who is inside, room:{<event>}:inside
  KEYS[2]  numbers given back, room:{<event>}:left
  ARGV[1]  the first number
  ARGV[2]  the last number, at most 4,000 above it
  ARGV[3]  the expiry of the reservations in ms

  Output: the number of reservations
]]
local reserved = 0
for number = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  if not redis.call('ZSCORE', KEYS[2], number) then -- guard: no-slot-for-leavers
    redis.call('ZADD', KEYS[1], ARGV[3], '#' .. number)
    reserved = reserved + 1
  end
end
redis.call('EXPIRE', KEYS[1], 86400)
return reserved
