--[[
  Applies one change to an event's seat map, where it continues the version that stands there. An older change is in the
  map already. Past a gap only a whole map helps: until there is one, the mark of the version below it stands in its
  place, so that nothing older is stored meanwhile.

  KEYS[1]  the map, event:{<id>}:seats (storeSeatMap-1.lua says how it is laid out)
  ARGV[1]  the version that the change continues
  ARGV[2]  the version that it leads to
  ARGV[3]  the seats, four bytes each, big-endian: index * 4 + status
  ARGV[4]  how long the map is kept, in milliseconds

  Output: 1 where it was applied, 0 where there is nothing to apply it to, -1 where a whole map is wanted
]]
local head = redis.pcall('GETRANGE', KEYS[1], 0, 15)
if type(head) ~= 'string' or #head ~= 16 or string.sub(head, 1, 4) ~= 'SEA1' then
  return 0
end
local version = tonumber(ARGV[2])
local stored = struct.unpack('>I8', head, 9)
if stored >= version then
  return 0
end
local count = struct.unpack('>I4', head, 5)
local changes = ARGV[3]
local continues = count > 0 and stored == tonumber(ARGV[1])
for at = 1, #changes, 4 do
  continues = continues and math.floor(struct.unpack('>I4', changes, at) / 4) < count
end
if not continues then
  redis.call('SET', KEYS[1], 'SEA1' .. struct.pack('>I4I8', 0, version - 1), 'PX', ARGV[4])
  return -1
end
for at = 1, #changes, 4 do
  local change = struct.unpack('>I4', changes, at)
  local status = change % 4
  local index = (change - status) / 4
  local slot = index % 4
  -- BITFIELD counts bits from the highest of a byte, seats are packed from the lowest.
  local bit = (16 + (index - slot) / 4) * 8 + 6 - 2 * slot
  redis.call('BITFIELD', KEYS[1], 'SET', 'u2', bit, status)
end
redis.call('SETRANGE', KEYS[1], 8, struct.pack('>I8', version))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
