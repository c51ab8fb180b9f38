-- Journals booking events. Keeps true: one delivery is journalled once; all events of a booking, and of the booking
-- that it replaces, belong to one customer; a customer with pending events is in exactly one of ready, claimed, waiting.
-- KEYS[1]  prefix of the connection (see producers/keys.py)
-- ARGV[1]  how long one wake-up counts as under way, ms
-- ARGV[2…] five an event: event id, booking id, customer key, id of the replaced booking or '', body
-- Returns  {1 if the caller is to wake a worker, then per event 1 = accepted, 0 = journalled before}
local p = KEYS[1]
local reply = {0}
for i = 2, #ARGV, 5 do
  local event, booking, customer, replaces, body = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  if redis.call('SET', p .. 'event:' .. event, booking, 'NX') then
    local key = p .. 'booking:' .. booking
    local known = redis.call('HGET', key, 'customer')
    if not known and replaces ~= '' then
      known = redis.call('HGET', p .. 'booking:' .. replaces, 'customer')
    end
    customer = known or customer
    local order = redis.call('INCR', p .. 'accepted')
    redis.call('HSET', key, 'customer', customer, 'body:' .. event, body)
    if replaces ~= '' then
      redis.call('HSET', key, 'replaces', replaces)
    end
    redis.call('PERSIST', key)
    redis.call('ZADD', p .. 'customer:' .. customer, 'NX', order, booking)
    if not redis.call('ZSCORE', p .. 'claimed', customer) and not redis.call('ZSCORE', p .. 'waiting', customer) then
      redis.call('ZADD', p .. 'ready', 'NX', order, customer)
    end
    reply[#reply + 1] = 1
    reply[1] = 1
  else
    reply[#reply + 1] = 0
  end
end
if reply[1] == 1 and not redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[1]) then
  reply[1] = 0
end
return reply
