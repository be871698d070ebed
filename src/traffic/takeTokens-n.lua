--[[
  Takes tokens from buckets for a batch of calls, in their order. A call takes one token of each of its buckets, or none if
  one of them is empty. A bucket is stored as the time at which it is full again; a missing one is full. No key outlives
  the time in which its bucket fills.

  All keys have the same hash tag: event:{<id>}:limit:<group>:<scope>:<hash>, or limit:{<hash of the network>}:…

  KEYS     the buckets, each once
  ARGV[1]  the current time, in microseconds since 1970
  ARGV[2…] for each bucket: the interval between two tokens, and the time in which it fills, in microseconds
           then for each call: the number of its buckets, and their positions in KEYS

  Output: for each call, 0 if it is admitted, or else the position in KEYS of the empty bucket; then for each bucket, the
  time at which it is full again
]]
local now = tonumber(ARGV[1])
local stored = redis.call('MGET', unpack(KEYS))
local fullAt = {}
local taken = {}
for i = 1, #KEYS do
  local fill = tonumber(ARGV[2 * i + 1])
  local at = stored[i] and tonumber(stored[i]) or now
  fullAt[i] = math.min(math.max(at, now), now + fill)
end
local output = {}
local at = 2 * #KEYS + 2
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  local refused = 0
  for i = at + 1, at + count do
    local bucket = tonumber(ARGV[i])
    local interval, fill = tonumber(ARGV[2 * bucket]), tonumber(ARGV[2 * bucket + 1])
    if refused == 0 and fullAt[bucket] + interval > now + fill then -- guard: shared-bucket-empty
      refused = bucket
    end
  end
  if refused == 0 then
    for i = at + 1, at + count do
      local bucket = tonumber(ARGV[i])
      fullAt[bucket] = fullAt[bucket] + tonumber(ARGV[2 * bucket])
      taken[bucket] = true
    end
  end
  output[#output + 1] = refused
  at = at + count + 1
end
for i = 1, #KEYS do
  if taken[i] then
    local ttl = math.ceil((fullAt[i] - now) / 1000)
    redis.call('SET', KEYS[i], string.format('%.0f', fullAt[i]), 'PX', ttl)
  end
  output[#output + 1] = fullAt[i]
end
return output
