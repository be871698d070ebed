--[[
  Lets a buyer in whose number is up, or renews the slot of one who is in. Slots and reservations expire by their score.

  KEYS[1]  who is inside, room:{<event>}:inside: buyers, and reservations as `#<number>`; the score is the expiry in ms
  KEYS[2]  who is late, room:{<event>}:late: buyers that found no slot; the score is the time of the attempt
  ARGV[1]  the buyer, 16 bytes
  ARGV[2]  the reservation, `#<number>`
  ARGV[3]  the time in ms
  ARGV[4]  the expiry of the new slot in ms
  ARGV[5]  the maximum number of slots

  Output: 1 if the buyer is inside, 0 if no slot is free
]]
local now = tonumber(ARGV[3])
local expiry = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
local reservation = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[2]) or 0)
if expiry <= now and reservation <= now then
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
  if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[5]) then -- guard: inside-limit
    redis.call('ZADD', KEYS[2], now, ARGV[1])
    redis.call('EXPIRE', KEYS[2], 60)
    return 0
  end
end
redis.call('ZREM', KEYS[1], ARGV[2]) -- guard: reservation-used-once
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], 86400)
if expiry < tonumber(ARGV[4]) then
  redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
end
return 1
