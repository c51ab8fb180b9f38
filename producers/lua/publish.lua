-- Journals booking events. Keeps true: one delivery is journalled once; all events of a booking, and of the booking
-- that it replaces, belong to one customer; a customer with pending events is in exactly one of ready, claimed, waiting.
-- A booking that named nobody (its customer key is "weak": made of a phone or of its own id) joins its customer as soon
-- as an event names him, so that two bookings of one person are never worked on at once.
-- KEYS[1]  prefix of the connection (see producers/keys.py)
-- ARGV[1]  how long one wake-up counts as under way, ms   ARGV[2] first place of the lane of new bookings
-- ARGV[3…] two an event: its event id, booking id, customer key, '1' if that is weak or '0', id of the replaced booking or
--           nothing, with a space behind each of the first four (none of them holds one); and its body
-- Returns  {1 if the caller is to wake a worker, then per event 1 = accepted, 0 = journalled before}
local p = KEYS[1]
local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local reply = {0}

-- Customers to make ready, with their first places: all at once behind the last event, because each call from here
-- takes Redis some 4 µs and a booking of its own would need four.
local to_make_ready = {}

local function make_ready(customer, place)
  to_make_ready[customer] = math.min(place, to_make_ready[customer] or place)
end

local function make_all_ready()
  local customers, since, ready = {}, {}, {}
  for customer in pairs(to_make_ready) do
    customers[#customers + 1] = customer
    since[#since + 1] = now
    since[#since + 1] = customer
  end
  if #customers == 0 then
    return
  end
  redis.call('ZADD', p .. 'since', 'NX', unpack(since))
  local claimed = redis.call('ZMSCORE', p .. 'claimed', unpack(customers))
  local waiting = redis.call('ZMSCORE', p .. 'waiting', unpack(customers))
  for n, customer in ipairs(customers) do
    if not claimed[n] and not waiting[n] then
      ready[#ready + 1] = to_make_ready[customer]
      ready[#ready + 1] = customer
    end
  end
  if #ready > 0 then
    redis.call('ZADD', p .. 'ready', 'LT', unpack(ready))
  end
end

-- What is in Salesforce goes before what is not: a customer sees there what is no longer so.
local function place_of(records, order)
  return records and order or tonumber(ARGV[2]) + order
end

local function join(key, booking, from, to)
  local place = redis.call('ZSCORE', p .. 'customer:' .. from, booking)
  if place and redis.call('ZSCORE', p .. 'claimed', from) then
    redis.call('HSET', key, 'joins', to) -- the claim that may hold it moves it when it ends
    return from
  end
  if place then
    redis.call('ZREM', p .. 'customer:' .. from, booking)
    redis.call('ZADD', p .. 'customer:' .. to, place, booking)
    make_ready(to, tonumber(place))
  end
  local first = redis.call('ZRANGE', p .. 'customer:' .. from, 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', p .. 'ready', 'XX', first[2], from)
    to_make_ready[from] = to_make_ready[from] and tonumber(first[2])
  else
    to_make_ready[from] = nil
    redis.call('ZREM', p .. 'ready', from)
    redis.call('ZREM', p .. 'waiting', from)
    redis.call('ZREM', p .. 'since', from)
  end
  redis.call('HSET', key, 'customer', to)
  redis.call('HDEL', key, 'weak', 'joins')
  return to
end

-- The customer that the booking belongs to by the booking that it replaces, which comes along if it named nobody.
local function replaced_customer(replaces, customer, weak)
  local key = p .. 'booking:' .. replaces
  local known, was_weak = unpack(redis.call('HMGET', key, 'customer', 'weak'))
  if weak == '0' and known and was_weak then
    join(key, replaces, known, customer)
    return customer
  end
  return known
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
  local place = place_of(redis.call('HGET', key, 'records'), order)
  redis.call('ZADD', p .. 'customer:' .. (known or customer), 'LT', place, replaces)
  make_ready(known or customer, place)
end

local before = tonumber(redis.call('GET', p .. 'accepted') or 0)
local order = before
for i = 3, #ARGV, 2 do
  local event, booking, customer, weak, replaces = string.match(ARGV[i], '^([^ ]+) ([^ ]+) ([^ ]+) ([01]) ([^ ]*)$')
  local body = ARGV[i + 1]
  local key = p .. 'booking:' .. booking
  local known, was_weak, records, is_pending, is_settled =
    unpack(redis.call('HMGET', key, 'customer', 'weak', 'records', 'body:' .. event, 'state:' .. event))
  -- A booking can be kept for longer than the ids of its first events.
  if not is_pending and not is_settled and redis.call('SET', p .. 'event:' .. event, booking, 'NX') then
    order = order + 1
    if known then
      redis.call('PERSIST', key)
    end
    -- What was known before says whose the booking is, unless it was as good as nothing.
    if known and was_weak and weak == '0' then
      known = join(key, booking, known, customer)
    end
    if replaces ~= '' then
      redis.call('HSET', key, 'replaces', replaces)
      known = known or replaced_customer(replaces, customer, weak)
    end
    if not known and weak == '1' then
      redis.call('HSET', key, 'weak', 1)
    end
    customer = known or customer
    redis.call('HSET', key, 'customer', customer, 'body:' .. event, body, 'accepted:' .. event, now)
    local place = place_of(records, order)
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
if order > before then
  redis.call('INCRBY', p .. 'accepted', order - before)
  make_all_ready()
end
if reply[1] == 1 and not redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[1]) then
  reply[1] = 0
end
return reply
