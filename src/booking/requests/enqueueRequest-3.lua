--[[
  Puts a request at the end of an event's queue, unless the request is in the queue already or the queue is full.

  KEYS[1]  the stream, event:{<id>}:requests
  KEYS[2]  the open requests by ID, event:{<id>}:requests:open
  KEYS[3]  the counters, event:{<id>}:requests:counts
  ARGV[1]  the ID of the request
  ARGV[2]  what the stream carries: the wish as JSON
  ARGV[3]  what the open request says besides its place: its buyer and the hash of its input
  ARGV[4]  the maximum number of open requests

  Output: 1 if the request was added, 0 if it was in the queue; and the open request, "<place> <ARGV[3] of its first call>".
  Nothing if the queue is full
]]
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then -- guard: request-queued-once
  return { 0, known }
end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[4]) then -- guard: request-queue-limit
  return {}
end
local place = redis.call('HINCRBY', KEYS[3], 'queued', 1)
local open = place .. ' ' .. ARGV[3]
redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'wish', ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], open)
return { 1, open }
