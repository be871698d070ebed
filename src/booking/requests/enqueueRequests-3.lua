--[[
  Puts requests at the end of an event's queue, except for those that are in the queue already or exceed its limit.

  KEYS[1]  the stream, event:{<id>}:requests
  KEYS[2]  the open requests by ID, event:{<id>}:requests:open
  KEYS[3]  the counters, event:{<id>}:requests:counts
  ARGV[1]  the maximum number of open requests
  ARGV[2]  … for each request its ID; what the stream carries: the wish as JSON; and what the open request says besides its
           place: its buyer and the hash of its input

  Output: the number of requests that were settled so far; then, for each request, 1 if it was added, 0 if it was in the queue,
  and the open request, "<place> <buyer> <hash of the input>" of its first call. Nothing for a request that exceeds the limit
]]
local result = { tonumber(redis.call('HGET', KEYS[3], 'settled') or 0) }
local count = redis.call('HLEN', KEYS[2])
local limit = tonumber(ARGV[1])
for i = 2, #ARGV, 3 do
  local known = redis.call('HGET', KEYS[2], ARGV[i])
  if known then -- guard: request-queued-once
    result[#result + 1] = { 0, known }
  elseif count >= limit then -- guard: request-queue-limit
    result[#result + 1] = {}
  else
    local open = redis.call('HINCRBY', KEYS[3], 'queued', 1) .. ' ' .. ARGV[i + 2]
    redis.call('XADD', KEYS[1], '*', 'id', ARGV[i], 'wish', ARGV[i + 1])
    redis.call('HSET', KEYS[2], ARGV[i], open)
    count = count + 1
    result[#result + 1] = { 1, open }
  end
end
return result
