-- Ends a claim: outcomes, record ids, and what becomes of each customer, in one step. Keeps true: only the claim that
-- holds a customer settles it; an event that arrived meanwhile makes its customer ready again; counts add up.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2] how long a wake-up is under way, ms
-- ARGV[3] JSON: [{"key", "wait_ms" (-1: none), "bookings": [{"id", "events": [[id, state, outcome], …],
--         "records" ("": as they are), "attempts", "broke_off", "cause", "tried" ("": nothing),
--         "keep_ms" (0: for ever)}]}]
-- Returns {1 if the caller is to wake a worker, then the customers that this claim no longer holds}
local p, token = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {0}

local function dated(json)
  return string.format('{"at":%d,', now) .. string.sub(json, 2)
end

-- A try that did not go through; the newest 20 are kept, and the count of all.
local function note_try(key, try)
  local number = redis.call('HINCRBY', key, 'tried', 1)
  redis.call('HSET', key, 'try:' .. number, dated(try))
  redis.call('HDEL', key, 'try:' .. (number - 20))
end

local function settle_event(key, event, state, outcome, keep)
  if event == ' replaced' then -- no event of its own: it is not counted, and stands in a list of its own
    redis.call('HSET', key, 'state:' .. event, dated(outcome))
    local booking = string.sub(key, #p + #'booking:' + 1)
    redis.call('ZREM', p .. 'parked:replaced', booking)
    if state == 'parked' then
      redis.call('ZADD', p .. 'parked:replaced', now, booking)
    end
    return
  end
  local before = redis.call('HGET', key, 'state:' .. event)
  if before then
    redis.call('HINCRBY', p .. 'counts', cjson.decode(before).state, -1)
    redis.call('ZREM', p .. 'parked', event)
  end
  redis.call('HSET', key, 'state:' .. event, dated(outcome))
  redis.call('HINCRBY', p .. 'counts', state, 1)
  if state == 'parked' then
    redis.call('ZADD', p .. 'parked', now, event)
  end
  if keep > 0 then
    redis.call('PEXPIRE', p .. 'event:' .. event, keep)
  end
end

local function is_settled(key)
  local has = {}
  local names = redis.call('HKEYS', key)
  for _, name in ipairs(names) do
    has[name] = true
  end
  for _, name in ipairs(names) do
    if string.sub(name, 1, 5) == 'body:' and not has['state:' .. string.sub(name, 6)] then
      return false
    end
  end
  return true
end

local function settle_booking(customer, booking)
  local key = p .. 'booking:' .. booking.id
  for _, event in ipairs(booking.events) do
    settle_event(key, event[1], event[2], event[3], booking.keep_ms)
  end
  if booking.records ~= '' then
    redis.call('HSET', key, 'records', booking.records)
  end
  for name, value in pairs({attempts = booking.attempts, broke_off = booking.broke_off, cause = booking.cause}) do
    if value == 0 or value == '' then
      redis.call('HDEL', key, name)
    else
      redis.call('HSET', key, name, value)
    end
  end
  if booking.tried ~= '' then
    note_try(key, booking.tried)
  end
  if is_settled(key) then
    redis.call('ZREM', p .. 'customer:' .. customer, booking.id)
    if booking.keep_ms > 0 then
      redis.call('PEXPIRE', key, booking.keep_ms)
    end
  end
end

-- A booking that named nobody when it was claimed and somebody since goes to that customer.
local function move_on(customer, booking)
  local key = p .. 'booking:' .. booking
  local to = redis.call('HGET', key, 'joins')
  if not to then
    return
  end
  redis.call('HDEL', key, 'joins', 'weak')
  redis.call('HSET', key, 'customer', to)
  local place = redis.call('ZSCORE', p .. 'customer:' .. customer, booking)
  if place then
    redis.call('ZREM', p .. 'customer:' .. customer, booking)
    redis.call('ZADD', p .. 'customer:' .. to, place, booking)
    redis.call('ZADD', p .. 'since', 'NX', redis.call('ZSCORE', p .. 'since', customer) or now, to)
    if not redis.call('ZSCORE', p .. 'claimed', to) and not redis.call('ZSCORE', p .. 'waiting', to) then
      redis.call('ZADD', p .. 'ready', 'LT', place, to)
    end
  end
end

for _, customer in ipairs(cjson.decode(ARGV[3])) do
  if redis.call('HGET', p .. 'lease', customer.key) == token then
    for _, booking in ipairs(customer.bookings) do
      settle_booking(customer.key, booking)
      move_on(customer.key, booking.id)
    end
    redis.call('HDEL', p .. 'lease', customer.key)
    redis.call('ZREM', p .. 'claimed', customer.key)
    local first = redis.call('ZRANGE', p .. 'customer:' .. customer.key, 0, 0, 'WITHSCORES')
    if first[1] and customer.wait_ms >= 0 then
      redis.call('ZADD', p .. 'waiting', now + customer.wait_ms, customer.key)
    elseif first[1] then
      redis.call('ZADD', p .. 'ready', first[2], customer.key)
    else
      redis.call('ZREM', p .. 'since', customer.key)
    end
  else
    reply[#reply + 1] = customer.key
  end
end
if redis.call('ZCARD', p .. 'ready') > 0 and redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[2]) then
  reply[1] = 1
end
return reply
