--[[
  Gives back a buyer's place and slot.

  KEYS[1]  the buyer's bucket of places, room:{<event>}:places:<bucket>
  KEYS[2]  who is inside, room:{<event>}:inside
  KEYS[3]  who is late, room:{<event>}:late
  KEYS[4]  numbers given back, room:{<event>}:left
  ARGV[1]  the buyer, 16 bytes
  ARGV[2]  the number of the buyer's place; 0 if it has none yet

  Output: 1 if the buyer had a place
]]
local had = redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1], '#' .. ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[1])
if had == 1 and ARGV[2] ~= '0' then
  redis.call('ZADD', KEYS[4], ARGV[2], ARGV[2])
  redis.call('EXPIRE', KEYS[4], 86400)
end
return had
