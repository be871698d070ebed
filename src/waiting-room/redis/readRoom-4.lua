--[[
  Counts who is in a room, after removing what has expired.

  KEYS[1]  the counter, room:{<event>}:joins
  KEYS[2]  who is inside, room:{<event>}:inside
  KEYS[3]  who is late, room:{<event>}:late
  KEYS[4]  numbers given back, room:{<event>}:left
  ARGV[1]  the time in ms
  ARGV[2]  the time in ms before which a late buyer's attempt no longer counts
  ARGV[3]  nowServing

  Output: {last join index issued (-1: the counter is empty, or may lack the last ones, see takePlace-2.lua), inside, late,
  numbers above nowServing given back}
]]
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
local isCurrent = (redis.call('HGET', KEYS[1], 'history') or history) == history
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[3])
return {
  tonumber(isCurrent and redis.call('HGET', KEYS[1], 'last') or -1), -- guard: lost-indexes-counted
  redis.call('ZCARD', KEYS[2]),
  redis.call('ZCARD', KEYS[3]),
  redis.call('ZCARD', KEYS[4])
}
