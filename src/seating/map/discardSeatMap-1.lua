--[[
  Deletes the seat map of an event if it is of a version that the database has lost. A map that has replaced it stays.

  KEYS[1]  the map, event:{<id>}:seats (storeSeatMap-1.lua describes its layout)
  ARGV[1]  version that was lost
  ARGV[2]  the batch that created it, 16 bytes

  Output: 1 if it was deleted, 0 if not
]]
local head = redis.pcall('GETRANGE', KEYS[1], 0, 31)
if type(head) ~= 'string' or #head ~= 32 or string.sub(head, 1, 4) ~= 'SEA2' then
  return 0
end
if struct.unpack('>I8', head, 9) ~= tonumber(ARGV[1]) or string.sub(head, 17, 32) ~= ARGV[2] then
  return 0
end
return redis.call('DEL', KEYS[1])
