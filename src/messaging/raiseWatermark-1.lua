--[[
  Raises an event's watermark, the last version that was published, and never lowers it: messages are published by many
  processes, and their replies come back in any order.

  KEYS[1]  the watermark, event:{<id>}:published
  ARGV[1]  the version that was published

  Output: the watermark as it stands now
]]
local version = tonumber(ARGV[1])
local watermark = tonumber(redis.call('GET', KEYS[1]))
if watermark and watermark >= version then -- guard: watermark-never-lowered
  return watermark
end
redis.call('SET', KEYS[1], ARGV[1])
return version
