-- Journals booking events. Keeps true: one delivery is journalled once; all events of a booking, and of the booking
-- that it replaces, belong to one customer; a customer with pending events is in exactly one of ready, claimed, waiting.
-- A booking that named nobody (its customer key is "weak": made of a phone or of its own id) joins its customer as soon
-- as an event names him, so that two bookings of one person are never worked on at once.
-- KEYS[1]  prefix of the connection (see producers/keys.py)
-- ARGV[1]  how long one wake-up counts as under way, ms   ARGV[2] first place of the lane of new bookings
-- ARGV[3…] six an event: event id, booking id, customer key, '1' if that is weak, id of the replaced booking or '', body
-- Returns  {1 if the caller is to wake a worker, then per event 1 = accepted, 0 = journalled before}
local p = KEYS[1]
local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local reply = {0}

-- One who had no pending events is neither claimed nor waiting: that need not be asked.
local function make_ready(customer, place)
  local is_new = redis.call('ZADD', p .. 'since', 'NX', now, customer) == 1
  if is_new
    or not (redis.call('ZSCORE', p .. 'claimed', customer) or redis.call('ZSCORE', p .. 'waiting', customer))
  then
    redis.call('ZADD', p .. 'ready', 'LT', place, customer)
  end
end

-- A booking that nothing was known of has no records and does not expire.
local function place_of_new(order)
  return tonumber(ARGV[2]) + order
end

-- What is in Salesforce goes before what is not: a customer sees there what is no longer so.
local function place_of(key, order)
  return redis.call('HEXISTS', key, 'records') == 1 and order or place_of_new(order)
end

local function join(key, booking, from, to)
  if redis.call('ZSCORE', p .. 'claimed', from) then
    redis.call('HSET', key, 'joins', to) -- the claim that holds it moves it when it settles
    return from
  end
  local place = redis.call('ZSCORE', p .. 'customer:' .. from, booking)
  if place then
    redis.call('ZREM', p .. 'customer:' .. from, booking)
    redis.call('ZADD', p .. 'customer:' .. to, place, booking)
    make_ready(to, place)
  end
  if redis.call('ZCARD', p .. 'customer:' .. from) == 0 then
    redis.call('ZREM', p .. 'ready', from)
    redis.call('ZREM', p .. 'waiting', from)
    redis.call('ZREM', p .. 'since', from)
  end
  redis.call('HSET', key, 'customer', to)
  redis.call('HDEL', key, 'weak')
  return to
end

-- The customer that the booking belongs to by what was known before; nil if it is new.
local function known_customer(booking, customer, weak)
  local key = p .. 'booking:' .. booking
  local known = redis.call('HGET', key, 'customer')
  if known and weak == '' and redis.call('HEXISTS', key, 'weak') == 1 then
    return join(key, booking, known, customer)
  end
  return known
end

-- The same by the booking that it replaces, which comes along if it named nobody.
local function replaced_customer(replaces, customer, weak)
  if weak == '' and redis.call('HEXISTS', p .. 'booking:' .. replaces, 'weak') == 1 then
    known_customer(replaces, customer, weak)
    return customer
  end
  return redis.call('HGET', p .. 'booking:' .. replaces, 'customer')
end

-- The replaced booking is off: it is to be worked on once more, as if an event had said so. It has no event's id, which
-- holds no space, so that the many events of the booking that replaces it say it once. A booking that is not known yet
-- waits for its own events under the customer that is known.
local function mark_replaced(replaces, customer, order)
  local key = p .. 'booking:' .. replaces
  if redis.call('HSETNX', key, 'body: replaced', '{}') == 0 then
    return
  end
  local known = redis.call('HGET', key, 'customer')
  if not known then
    redis.call('HSET', key, 'customer', customer, 'weak', 1)
  end
  redis.call('PERSIST', key)
  local place = place_of(key, order)
  redis.call('ZADD', p .. 'customer:' .. (known or customer), 'LT', place, replaces)
  make_ready(known or customer, place)
end

for i = 3, #ARGV, 6 do
  local event, booking, customer, weak, replaces, body = unpack(ARGV, i, i + 5)
  if redis.call('SET', p .. 'event:' .. event, booking, 'NX') then
    local key = p .. 'booking:' .. booking
    local order = redis.call('INCR', p .. 'accepted')
    local known = known_customer(booking, customer, weak)
    local is_known = known
    if replaces ~= '' then
      redis.call('HSET', key, 'replaces', replaces)
      known = known or replaced_customer(replaces, customer, weak)
    end
    if not known and weak ~= '' then
      redis.call('HSET', key, 'weak', 1)
    end
    customer = known or customer
    redis.call('HSET', key, 'customer', customer, 'body:' .. event, body, 'accepted:' .. event, now)
    local place = is_known and place_of(key, order) or place_of_new(order)
    if is_known then
      redis.call('PERSIST', key)
    end
    redis.call('ZADD', p .. 'customer:' .. customer, 'LT', place, booking)
    make_ready(customer, place)
    if replaces ~= '' then
      mark_replaced(replaces, customer, order)
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
