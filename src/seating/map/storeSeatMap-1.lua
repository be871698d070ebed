--[[
  Stores the seat map of an event, unless a newer one is stored already: many processes read maps from the database, and a
  slow one must not replace a new map with an old one. A map of the same version and another batch is replaced: one of
  the two is of a history that the database has lost, and readers compare the batch before they serve a map.

  KEYS[1]  the map, event:{<id>}:seats
  ARGV[1]  version of the map
  ARGV[2]  the value: 'SEA2', number of seats (4 bytes), version (8 bytes, both big-endian), ID of the batch that created
           the version (16 bytes), then two bits per seat
  ARGV[3]  lifetime of the map, in milliseconds

  Output: 1 if it was stored, 0 if not
]]
local head = redis.pcall('GETRANGE', KEYS[1], 0, 31)
-- Anything but a map (another type, other bytes) is replaced.
if type(head) == 'string' and #head == 32 and string.sub(head, 1, 4) == 'SEA2' then
  local stored = struct.unpack('>I8', head, 9)
  local version = tonumber(ARGV[1])
  -- guard: newer-cached-map-kept
  if stored > version or (stored == version and string.sub(head, 17, 32) == string.sub(ARGV[2], 17, 32)) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
