--[[
  Raises an event's watermark, the last published version. Never lowers it: many processes publish, and their commands
  arrive in any order.

  KEYS[1]  the watermark, event:{<id>}:published
  ARGV[1]  the published version

  Output: the watermark after the call
]]
local version = tonumber(ARGV[1])
local watermark = tonumber(redis.call('GET', KEYS[1]))
if watermark and watermark >= version then -- guard: watermark-never-lowered
  return watermark
end
redis.call('SET', KEYS[1], ARGV[1])
return version
