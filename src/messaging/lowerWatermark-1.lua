--[[
  Lowers an event's watermark to the version that the database has, if it still is what the caller read: the commits
  between the two were lost. A watermark that moved on since then was raised by a new commit.

  KEYS[1]  the watermark, event:{<id>}:published
  ARGV[1]  what the caller read
  ARGV[2]  the version of the database, read after that

  Output: 1 if it was lowered, 0 if not
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2])
return 1
