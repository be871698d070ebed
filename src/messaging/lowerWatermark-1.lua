--[[
  Lowers an event's watermark to the database's version after commits were lost. Does nothing if the watermark has
  changed since the caller read it: a new commit raised it.

  KEYS[1]  the watermark, event:{<id>}:published
  ARGV[1]  the watermark that the caller read
  ARGV[2]  the version in the database, read after the watermark

  Output: 1 if it was lowered, 0 if not
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
