--[[
  Closes the lobby: join indexes up to the last one issued are drawn, later ones follow.

  KEYS[1]  the counter, room:{<event>}:joins

  Output: the size of the lobby, which stays the same after the first call; -1 if the counter is empty
]]
local last = redis.call('HGET', KEYS[1], 'last')
if not last then
  return -1
end
redis.call('HSETNX', KEYS[1], 'lobby', last) -- guard: lobby-closed-once
return tonumber(redis.call('HGET', KEYS[1], 'lobby'))
