--[[
  Adds to counters of subjects (identities, addresses, networks), and remembers who made holds. A counter decays
  exponentially; it is stored as its value and the time at which it had it. A subject has a bounded number of counters: beyond
  it, those of the seats that were touched longest ago are removed.

  KEYS     the subjects, event:{<id>}:probing:<scope>:<hash>; then the holds, event:{<id>}:probing:hold:<booking>
  ARGV[1]  the current time, in milliseconds since 1970
  ARGV[2]  time after which an unused subject is forgotten, in milliseconds
  ARGV[3]  maximum number of counters of a subject
  ARGV[4]  the number of holds
  ARGV[5…] for each hold: who made it, and for how many milliseconds to remember that
           then for each change: the position of the subject in KEYS, the counter, the amount to add, and the counter's
           half-life in milliseconds

  Output: for each subject, its counters: name, value and time in turn, value and time separated by a space
]]
local now, ttl, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local holds = tonumber(ARGV[4])
local subjects = #KEYS - holds
for i = 1, holds do
  redis.call('SET', KEYS[subjects + i], ARGV[2 * i + 3], 'PX', ARGV[2 * i + 4])
end
for i = 5 + 2 * holds, #ARGV, 4 do
  local key, counter = KEYS[tonumber(ARGV[i])], ARGV[i + 1]
  local value = 0
  local stored = redis.call('HGET', key, counter)
  if stored then
    local last, at = stored:match('^(%S+) (%S+)$')
    value = tonumber(last) * 2 ^ (-math.max(0, now - tonumber(at)) / tonumber(ARGV[i + 3])) -- guard: shared-counters-decay
  end
  redis.call('HSET', key, counter, string.format('%.6f %.0f', value + tonumber(ARGV[i + 2]), now))
end
local output = {}
for i = 1, subjects do
  local key = KEYS[i]
  local all = redis.call('HGETALL', key)
  if #all > 2 * most then -- guard: shared-counters-of-a-subject
    local seats = {}
    for field = 1, #all, 2 do
      if all[field]:find(':', 1, true) then
        seats[#seats + 1] = {name = all[field], at = tonumber(all[field + 1]:match(' (%S+)$'))}
      end
    end
    table.sort(seats, function(a, b) return a.at < b.at end)
    for n = 1, #all / 2 - most do
      if seats[n] then redis.call('HDEL', key, seats[n].name) end
    end
    all = redis.call('HGETALL', key)
  end
  if #all > 0 then redis.call('PEXPIRE', key, ttl) end
  output[i] = all
end
return output
