--[[
  Lets a client make one of the few attempts that its slowed subjects have. If one of them has to wait, no attempt is used up.

  KEYS     the turns of the slowed subjects, event:{<id>}:probing:<scope>:<hash>:turn
  ARGV[1]  the current time, in milliseconds since 1970
  ARGV[2…] for each subject: the time between two attempts, in milliseconds

  Output: {0, 0} if the attempt may be made; otherwise the position in KEYS of the subject that has to wait, and its next turn
]]
local now = tonumber(ARGV[1])
for i, key in ipairs(KEYS) do
  local next = tonumber(redis.call('GET', key) or 0)
  if next > now then -- guard: slowed-takes-turns
    return {i, next}
  end
end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', now + ARGV[i + 1]), 'PX', ARGV[i + 1])
end
return {0, 0}
