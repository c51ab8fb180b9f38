-- Claims customers that are ready, with all their pending bookings. Keeps true: a customer is held by one claim at a
-- time; a claim ends by settling or when its lease does. What lapsed comes with a quarter as many others each time, so
-- that what kills workers is alone in the end, and is parked alone.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2] lease, ms   ARGV[3] most bookings
-- ARGV[4] how long one wake-up counts as under way, ms   ARGV[5] only customers whose place in the queue is below this
-- Returns JSON: {"wake": 0|1, "customers": [{"key", "bookings": [{"id", "fields": [name, value, …], "replaced"}]}]}
local p, token, lease, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local customers, taken, room, wake = {}, 0, most, 0
local gone, claimed, leases = {}, {}, {} -- arguments: one command for all customers costs half of one for each

-- A hash of up to 512 short values is a list, which Redis searches from the front; a long value makes it a table. For the
-- leases of 200 customers that took 8 of the 100 µs that a booking takes Redis.
local AS_A_TABLE = 'no lease: a value of more than 64 bytes, by which Redis keeps this hash as a table'

-- The bookings of a customer, and how often in a row their claims lapsed.
local function read_bookings(ids)
  local bookings, lapses = {}, 0
  for i, id in ipairs(ids) do
    local fields, replaced = redis.call('HGETALL', p .. 'booking:' .. id), ''
    for n = 1, #fields, 2 do
      if fields[n] == 'lapses' then
        lapses = math.max(lapses, tonumber(fields[n + 1]))
      elseif fields[n] == 'replaces' then
        replaced = redis.call('HGET', p .. 'booking:' .. fields[n + 1], 'records') or ''
      end
    end
    bookings[i] = {id = id, fields = fields, replaced = replaced}
  end
  return bookings, lapses
end

redis.call('DEL', p .. 'woken')
if redis.call('EXISTS', p .. 'paused') == 0 then
  for _, customer in ipairs(redis.call('ZRANGEBYSCORE', p .. 'ready', '-inf', '(' .. ARGV[5], 'LIMIT', 0, most)) do
    local ids = redis.call('ZRANGE', p .. 'customer:' .. customer, 0, most - 1)
    local bookings, lapses = read_bookings(ids)
    room = math.min(room, most / 4 ^ lapses)
    if taken > 0 and taken + #ids > room then
      break
    end
    gone[#gone + 1] = customer
    if #ids > 0 then
      taken = taken + #ids
      customers[#customers + 1] = {key = customer, bookings = bookings}
      claimed[#claimed + 1], claimed[#claimed + 2] = now + lease, customer
      leases[#leases + 1], leases[#leases + 2] = customer, token
    end
  end
  if #gone > 0 then
    redis.call('ZREM', p .. 'ready', unpack(gone))
  end
  if #customers > 0 then
    redis.call('ZADD', p .. 'claimed', unpack(claimed))
    redis.call('HSET', p .. 'lease', ' ', AS_A_TABLE, unpack(leases))
  end
  local more = redis.call('ZCOUNT', p .. 'ready', '-inf', '(' .. ARGV[5]) > 0
  if more and redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[4]) then
    wake = 1
  end
end
return cjson.encode({wake = wake, customers = customers})
