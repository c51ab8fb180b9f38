-- Claims customers that are ready, with all their pending bookings. Keeps true: a customer is held by one claim at a
-- time; a claim ends by settling or when its lease does.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2] lease, ms   ARGV[3] most bookings
-- ARGV[4] how long one wake-up counts as under way, ms   ARGV[5] only customers whose place in the queue is below this
-- Returns JSON: {"wake": 0|1, "customers": [{"key", "bookings": [{"id", "fields": [name, value, …], "replaced"}]}]}
local p, token, lease, most, below = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local customers, taken, wake = {}, 0, 0
redis.call('DEL', p .. 'woken')
if redis.call('EXISTS', p .. 'paused') == 0 then
  while taken < most do
    local head = redis.call('ZPOPMIN', p .. 'ready')
    local customer = head[1]
    if not customer then
      break
    end
    if tonumber(head[2]) >= below then
      redis.call('ZADD', p .. 'ready', head[2], customer)
      break
    end
    local ids = redis.call('ZRANGE', p .. 'customer:' .. customer, 0, most - 1)
    if taken > 0 and taken + #ids > most then
      redis.call('ZADD', p .. 'ready', head[2], customer)
      break
    end
    local bookings = {}
    for _, id in ipairs(ids) do
      local fields = redis.call('HGETALL', p .. 'booking:' .. id)
      local replaces = redis.call('HGET', p .. 'booking:' .. id, 'replaces')
      local replaced = replaces and redis.call('HGET', p .. 'booking:' .. replaces, 'records') or ''
      bookings[#bookings + 1] = {id = id, fields = fields, replaced = replaced}
    end
    if #bookings > 0 then
      taken = taken + #bookings
      customers[#customers + 1] = {key = customer, bookings = bookings}
      redis.call('ZADD', p .. 'claimed', now + lease, customer)
      redis.call('HSET', p .. 'lease', customer, token)
    end
  end
  if redis.call('ZCOUNT', p .. 'ready', '-inf', '(' .. ARGV[5]) > 0 and redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[4]) then
    wake = 1
  end
end
return cjson.encode({wake = wake, customers = customers})
