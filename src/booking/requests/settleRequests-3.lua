--[[
  Removes requests from an event's queue: acknowledges and deletes their entries, and counts those that were open.

  KEYS[1]  the stream, event:{<id>}:requests
  KEYS[2]  the open requests by ID, event:{<id>}:requests:open
  KEYS[3]  the counters, event:{<id>}:requests:counts
  ARGV[1]  the consumer group
  ARGV[2]  … pairs of an entry of the stream and the ID of its request; at most 1,000, since Lua's stack is limited

  Output: the number of requests that were open
]]
local entries, requests = {}, {}
for i = 2, #ARGV, 2 do
  entries[#entries + 1] = ARGV[i]
  requests[#requests + 1] = ARGV[i + 1]
end
redis.call('XACK', KEYS[1], ARGV[1], unpack(entries))
redis.call('XDEL', KEYS[1], unpack(entries))
local settled = redis.call('HDEL', KEYS[2], unpack(requests))
if settled > 0 then
  redis.call('HINCRBY', KEYS[3], 'settled', settled)
end
return settled
