--[[
  Returns the join index of a buyer, and issues a new one at the first call. Issues only indexes that PostgreSQL has
  reserved, so that a Redis that has lost its data issues none twice.

  A promoted replica, or a Redis that restarted, may lack the last indexes that were issued. Its replication ID is a new one,
  which no index has been issued under. Then the counter counts as empty.

  KEYS[1]  the counter, room:{<event>}:joins: `last` is the last index issued, `limit` the last one reserved, `history` the
           replication ID under which it was issued
  KEYS[2]  the buyer's bucket of places, room:{<event>}:places:<bucket>
  ARGV[1]  the buyer, 16 bytes
  ARGV[2]  the join index of the buyer's place token; 0 without one
  ARGV[3]  the join index from which an empty counter starts; -1 if it was not read for an empty one
  ARGV[4]  the last reserved join index; -1 if unknown
  ARGV[5]  1 if new places are given
  ARGV[6]  the expiry of the keys in Unix seconds
  ARGV[7]  the replication ID that was current before ARGV[3] was read; empty if unknown

  Output: {join index, limit, replication ID}; the join index is 0 if more must be reserved above the limit (-1: the counter
  is empty), and -1 if no new place is given
]]
local issued = tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0)
local recovered = tonumber(ARGV[2])
if recovered > 0 and (issued == 0 or recovered < issued) then -- guard: place-recovered
  redis.call('HSET', KEYS[2], ARGV[1], recovered)
  redis.call('EXPIREAT', KEYS[2], ARGV[6])
  return {recovered, 0, ''}
end
if issued > 0 then -- guard: one-place-per-buyer
  return {issued, 0, ''}
end
if ARGV[5] ~= '1' then -- guard: draining-room-closed
  return {-1, 0, ''}
end

local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
local issuedUnder = redis.call('HGET', KEYS[1], 'history') or history
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or -1)
local limit = tonumber(redis.call('HGET', KEYS[1], 'limit') or -1)
if issuedUnder ~= history then -- guard: lost-indexes-skipped
  last, limit = -1, -1
end
local from = tonumber(ARGV[3])
local reserved = tonumber(ARGV[4])
if last < 0 and from >= 0 and ARGV[7] == history then -- guard: reserved-in-this-history
  last = from
  limit = reserved
elseif last >= 0 and reserved > limit then
  limit = reserved
end
if last < 0 or last >= limit then -- guard: only-reserved-indexes
  return {0, limit, history}
end
last = last + 1
redis.call('HSET', KEYS[1], 'last', last, 'limit', limit, 'history', history)
redis.call('HSET', KEYS[2], ARGV[1], last)
redis.call('EXPIREAT', KEYS[1], ARGV[6])
redis.call('EXPIREAT', KEYS[2], ARGV[6])
return {last, limit, history}
