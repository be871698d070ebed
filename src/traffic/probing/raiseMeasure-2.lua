--[[
  Imposes a measure on a subject, unless one that is as strict or stricter lasts already.

  KEYS[1]  the subject's measure, event:{<id>}:probing:<scope>:<hash>:measure
  KEYS[2]  event:{<id>}:probing:<scope>:<hash>:suspect, which exists while a measure or the cool-down of a seat lasts
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
local lasts = ARGV[3] - ARGV[2]
redis.call('SET', KEYS[1], table.concat({ARGV[1], ARGV[3], ARGV[4]}, ' '), 'PX', lasts)
if not redis.call('SET', KEYS[2], 1, 'PX', lasts, 'NX') then -- guard: measured-is-suspect
  redis.call('PEXPIRE', KEYS[2], lasts, 'GT')
end
return 1
