--[[
  Applies one change to the seat map of an event, if the change continues the map's batch. An older change is part of the
  map already. After a gap, or if the map is of a history that the database has lost, a whole map is needed. Until it is
  stored, a marker of the version before the change replaces the map, so that no older map is stored in the meantime.

  KEYS[1]  the map, event:{<id>}:seats (storeSeatMap-1.lua describes its layout)
  ARGV[1]  the batch that the change continues, 16 bytes
  ARGV[2]  version after the change
  ARGV[3]  the batch that created this version, 16 bytes
  ARGV[4]  the seats, four bytes each, big-endian: index * 4 + status
  ARGV[5]  lifetime of the map, in milliseconds

  Output: 1 if the change was applied, 0 if there is nothing to apply it to, -1 if a whole map is needed
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
  -- BITFIELD counts bits from the highest of a byte; seats are packed from the lowest.
  local bit = (32 + (index - slot) / 4) * 8 + 6 - 2 * slot
  redis.call('BITFIELD', KEYS[1], 'SET', 'u2', bit, status)
end
redis.call('SETRANGE', KEYS[1], 8, struct.pack('>I8', version) .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
