--[[
  Stores an event's seat map, unless a newer one stands there already: maps are read from the database by many
  processes, and whoever was slow must not put an old one in the place of a new one.

  KEYS[1]  the map, event:{<id>}:seats
  ARGV[1]  its version
  ARGV[2]  the value: 'SEA1', number of seats (4 bytes), version (8 bytes, both big-endian), then two bits a seat
  ARGV[3]  how long it is kept, in milliseconds

  Output: 1 where it was stored, 0 where not
]]
local head = redis.pcall('GETRANGE', KEYS[1], 0, 15)
-- What is no map (another type, other bytes) is replaced.
if type(head) == 'string' and #head == 16 and string.sub(head, 1, 4) == 'SEA1' then
  if struct.unpack('>I8', head, 9) >= tonumber(ARGV[1]) then
    return 0
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
