--[[
  Stores an event's seat map, unless a newer one stands there already: many processes read maps from the database, and
  a slow one must not replace a new map with an old one. A map of the same version and another batch is replaced: one of
  the two is of a history that the database has lost, and readers compare the batch before they serve a map.

  KEYS[1]  the map, event:{<id>}:seats
  ARGV[1]  its version
  ARGV[2]  the value: 'SEA2', number of seats (4 bytes), version (8 bytes, both big-endian), the id of the batch that
           made the version (16 bytes), then two bits a seat
  ARGV[3]  how long it is kept, in milliseconds

  Output: 1 where it was stored, 0 where not
]]
local head = redis.pcall('GETRANGE', KEYS[1], 0, 31)
-- What is no map (another type, other bytes) is replaced.
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
