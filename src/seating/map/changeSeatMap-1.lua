--[[
  Applies one change to an event's seat map, if it continues the batch whose version stands there. An older change
  is in the map already. Past a gap, or on top of a history that the database has lost, only a whole map helps: until
  there is one, the mark of the version below it stands in its place, so that nothing older is stored meanwhile.

  KEYS[1]  the map, event:{<id>}:seats (storeSeatMap-1.lua says how it is laid out)
  ARGV[1]  the batch that the change continues, 16 bytes
  ARGV[2]  the version that it leads to
  ARGV[3]  the batch that made it, 16 bytes
  ARGV[4]  the seats, four bytes each, big-endian: index * 4 + status
  ARGV[5]  how long the map is kept, in milliseconds

  Output: 1 where it was applied, 0 where there is nothing to apply it to, -1 where a whole map is wanted
]]
local head = redis.pcall('GETRANGE', KEYS[1], 0, 31)
if type(head) ~= 'string' or #head ~= 32 or string.sub(head, 1, 4) ~= 'SEA2' then
  return 0
end
local version = tonumber(ARGV[2])
local stored = struct.unpack('>I8', head, 9)
if stored >= version then -- guard: older-change-ignored
  return 0
end
local count = struct.unpack('>I4', head, 5)
local changes = ARGV[4]
local continues = count > 0 and string.sub(head, 17, 32) == ARGV[1] -- guard: cached-map-continues
for at = 1, #changes, 4 do
  continues = continues and math.floor(struct.unpack('>I4', changes, at) / 4) < count -- guard: cached-map-seat-range
end
if not continues then
  -- guard: missed-change-marked
  redis.call('SET', KEYS[1], 'SEA2' .. struct.pack('>I4I8', 0, version - 1) .. ARGV[1], 'PX', ARGV[5])
  return -1
end
for at = 1, #changes, 4 do
  local change = struct.unpack('>I4', changes, at)
  local status = change % 4
  local index = (change - status) / 4
  local slot = index % 4
  -- BITFIELD counts bits from the highest of a byte, seats are packed from the lowest.
  local bit = (32 + (index - slot) / 4) * 8 + 6 - 2 * slot
  redis.call('BITFIELD', KEYS[1], 'SET', 'u2', bit, status)
end
redis.call('SETRANGE', KEYS[1], 8, struct.pack('>I8', version) .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
