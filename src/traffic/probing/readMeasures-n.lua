--[[
  Reads the measures against the subjects of one client, and until when they may not hold seats.

  KEYS     event:{<id>}:probing:<scope>:<hash>:measure, and event:{<id>}:probing:<scope>:<hash>:seat:<index>

  Output: the values; nil for a key that does not exist
]]
return redis.call('MGET', unpack(KEYS))
