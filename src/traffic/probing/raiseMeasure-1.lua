--[[
  Imposes a measure on a subject, unless one that is as strict or stricter lasts already.

  KEYS[1]  the subject's measure, event:{<id>}:probing:<scope>:<hash>:measure
  ARGV[1]  the strictness of the measure: 1, 2 or 3
  ARGV[2]  the current time, in milliseconds since 1970
  ARGV[3]  time at which the measure ends
  ARGV[4]  the reason

  Output: 1 if the measure is new, 0 if not
]]
local stored = redis.call('GET', KEYS[1])
if stored then
  local rank, ends = stored:match('^(%d) (%S+) ')
  if tonumber(ends) > tonumber(ARGV[2]) and tonumber(rank) >= tonumber(ARGV[1]) then -- guard: stricter-measure-stays
    return 0
  end
end
redis.call('SET', KEYS[1], table.concat({ARGV[1], ARGV[3], ARGV[4]}, ' '), 'PX', ARGV[3] - ARGV[2])
return 1
