--[[
  Closes the lobby: join indexes up to the last one issued are drawn, later ones follow. If Redis may have lost the last ones
  (see takePlace-2.lua), all reserved ones are drawn: their buyers have place tokens.

  KEYS[1]  the counter, room:{<event>}:joins
  ARGV[1]  the last join index that PostgreSQL has reserved
  ARGV[2]  the expiry of the key in Unix seconds

  Output: the size of the lobby, which stays the same after the first call
]]
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
local last = redis.call('HGET', KEYS[1], 'last')
local isCurrent = (redis.call('HGET', KEYS[1], 'history') or history) == history -- guard: lost-indexes-drawn
redis.call('HSETNX', KEYS[1], 'lobby', last and isCurrent and last or ARGV[1]) -- guard: lobby-closed-once
redis.call('EXPIREAT', KEYS[1], ARGV[2])
return tonumber(redis.call('HGET', KEYS[1], 'lobby'))
