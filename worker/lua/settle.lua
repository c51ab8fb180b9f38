-- Ends a claim: outcomes, record ids, and what becomes of each customer, in one step. Keeps true: only the claim that
-- holds a customer settles it; an event that arrived meanwhile makes its customer ready again; counts add up.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2] how long a wake-up is under way, ms
-- ARGV[3] JSON: [{"key", "wait_ms" (-1: none), "bookings": [{"id", "events": [[id, state, outcome], …],
--         "records" ("": as they are), "attempts", "broke_off", "cause", "tried" ("": nothing),
--         "keep_ms" (0: for ever)}]}]
-- ARGV[4] bounds of the classes of the time from accepted to Salesforce, ms, ascending, with commas between
-- Returns {1 if the caller is to wake a worker, then the customers that this claim no longer holds}
local p, token = KEYS[1], ARGV[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {0}
local counts = {}
local metrics = {} -- counts that never go back, whatever is replayed: what a monitor takes rates of

local function count(state, by)
  counts[state] = (counts[state] or 0) + by
end

local function measure(name, by)
  metrics[name] = (metrics[name] or 0) + by
end

local function measure_reached(accepted)
  local took = math.max(now - accepted, 0)
  local class = 'over'
  for bound in string.gmatch(ARGV[4], '%d+') do
    if took <= tonumber(bound) then
      class = bound
      break
    end
  end
  measure('reached:' .. class, 1)
  measure('reached:sum', took)
end

local function dated(json)
  return string.format('{"at":%d,', now) .. string.sub(json, 2)
end

-- The names of a hash's fields, as a set.
local function names_of(key)
  local names = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    names[name] = true
  end
  return names
end

-- A try that did not go through; the newest 20 are kept, and the count of all.
local function note_try(key, try)
  local number = redis.call('HINCRBY', key, 'tried', 1)
  redis.call('HSET', key, 'try:' .. number, dated(try))
  redis.call('HDEL', key, 'try:' .. (number - 20))
end

-- That another booking replaces this one is no event of its own: it is not counted, and stands in a list of its own.
local function settle_replaced(booking, state)
  redis.call('ZREM', p .. 'parked:replaced', booking)
  if state == 'parked' then
    redis.call('ZADD', p .. 'parked:replaced', now, booking)
  end
end

local function measure_end(key, names, event, state, outcome)
  measure('ended:' .. state, 1)
  if state == 'parked' then
    measure('parked:' .. cjson.decode(outcome).cause.code, 1)
  elseif state == 'synced' and names['accepted:' .. event] and not names.replays then
    measure_reached(redis.call('HGET', key, 'accepted:' .. event))
  end
end

-- What cannot be read counts as parked, as in claims.py.
local function state_in(text)
  local is_read, ended = pcall(cjson.decode, text)
  return is_read and type(ended) == 'table' and ended.state or 'parked'
end

local function settle_event(key, names, event, state, outcome, keep)
  if names['state:' .. event] then
    count(state_in(redis.call('HGET', key, 'state:' .. event)), -1)
    redis.call('ZREM', p .. 'parked', event)
  else
    measure_end(key, names, event, state, outcome)
  end
  count(state, 1)
  if state == 'parked' then
    redis.call('ZADD', p .. 'parked', now, event)
  end
  if keep > 0 then
    redis.call('PEXPIRE', p .. 'event:' .. event, keep)
  end
end

local function is_settled(names)
  for name in pairs(names) do
    if string.sub(name, 1, 5) == 'body:' and not names['state:' .. string.sub(name, 6)] then
      return false
    end
  end
  return true
end

-- Writes what is to be kept of a booking; `names` are the fields that it had and has.
local function keep_fields(key, names, booking)
  local fields = {}
  local function set(name, value)
    names[name] = true
    fields[#fields + 1], fields[#fields + 2] = name, value
    if #fields == 1000 then -- unpack takes some 8,000
      redis.call('HSET', key, unpack(fields))
      fields = {}
    end
  end
  for _, event in ipairs(booking.events) do
    set('state:' .. event[1], dated(event[3]))
  end
  if booking.records ~= '' then
    set('records', booking.records)
  end
  for name, value in pairs({attempts = booking.attempts, broke_off = booking.broke_off, cause = booking.cause}) do
    if value ~= 0 and value ~= '' then
      set(name, value)
    elseif names[name] then
      redis.call('HDEL', key, name)
    end
  end
  if names.lapses then
    redis.call('HDEL', key, 'lapses')
  end
  if #fields > 0 then
    redis.call('HSET', key, unpack(fields))
  end
end

-- Whether nothing of the booking is pending any more, and the customer whom it is to join, if any.
local function settle_booking(booking)
  local key = p .. 'booking:' .. booking.id
  local names = names_of(key)
  for _, event in ipairs(booking.events) do
    if event[1] == ' replaced' then
      settle_replaced(booking.id, event[2])
    else
      settle_event(key, names, event[1], event[2], event[3], booking.keep_ms)
    end
  end
  keep_fields(key, names, booking)
  if booking.tried ~= '' then
    note_try(key, booking.tried)
    local tried = cjson.decode(booking.tried)
    measure('tried:' .. tried.kind .. ':' .. tried.code, 1)
  end
  local is_over = is_settled(names)
  if is_over and booking.keep_ms > 0 then
    redis.call('PEXPIRE', key, booking.keep_ms)
  end
  return is_over, names.joins
end

-- Takes what is over out of a customer's queue. A queue that holds nothing else is noted, to go with others at once.
local emptied, is_empty = {}, {}
local function take_out(customer, over, how_many)
  local queue, rest = p .. 'customer:' .. customer, 0
  for _, booking in ipairs(redis.call('ZRANGE', queue, 0, -1)) do
    rest = over[booking] and rest or rest + 1
  end
  if rest == 0 then
    emptied[#emptied + 1] = queue
    is_empty[customer] = true
  elseif how_many > 0 then
    for booking in pairs(over) do
      redis.call('ZREM', queue, booking)
    end
  end
end

-- A booking that named nobody when it was claimed and somebody since goes to that customer.
local function move_on(customer, booking)
  local key = p .. 'booking:' .. booking
  local to = redis.call('HGET', key, 'joins')
  redis.call('HDEL', key, 'joins', 'weak')
  redis.call('HSET', key, 'customer', to)
  local place = redis.call('ZSCORE', p .. 'customer:' .. customer, booking)
  if place then
    redis.call('ZREM', p .. 'customer:' .. customer, booking)
    redis.call('ZADD', p .. 'customer:' .. to, place, booking)
    is_empty[to] = nil
    redis.call('ZADD', p .. 'since', 'NX', redis.call('ZSCORE', p .. 'since', customer) or now, to)
    if not redis.call('ZSCORE', p .. 'claimed', to) and not redis.call('ZSCORE', p .. 'waiting', to) then
      redis.call('ZADD', p .. 'ready', 'LT', place, to)
    end
  end
end

-- Those that came while the claim was held are moved too: nobody is to work on them under this customer.
local function move_on_what_came(customer)
  for _, booking in ipairs(redis.call('ZRANGE', p .. 'customer:' .. customer, 0, -1)) do
    if redis.call('HEXISTS', p .. 'booking:' .. booking, 'joins') == 1 then
      move_on(customer, booking)
    end
  end
end

local done = {} -- customers without pending events
local function requeue(customer, wait_ms)
  local first = is_empty[customer] and {} or redis.call('ZRANGE', p .. 'customer:' .. customer, 0, 0, 'WITHSCORES')
  if not first[1] then
    done[#done + 1] = customer
  elseif wait_ms >= 0 then
    redis.call('ZADD', p .. 'waiting', now + wait_ms, customer)
  else
    redis.call('ZADD', p .. 'ready', first[2], customer)
  end
end

local customers, keys, held = cjson.decode(ARGV[3]), {}, {}
for i, customer in ipairs(customers) do
  keys[i] = customer.key
end
local holders = #keys > 0 and redis.call('HMGET', p .. 'lease', unpack(keys)) or {}
for i, holder in ipairs(holders) do
  if holder == token then
    held[#held + 1] = customers[i]
  else
    reply[#reply + 1] = keys[i]
  end
end
local joining = {} -- pairs: customer, booking
for _, customer in ipairs(held) do
  local over, how_many = {}, 0
  for _, booking in ipairs(customer.bookings) do
    local is_over, joins = settle_booking(booking)
    if is_over then
      over[booking.id], how_many = true, how_many + 1
    end
    if joins then
      joining[#joining + 1] = {customer.key, booking.id}
    end
  end
  take_out(customer.key, over, how_many)
end
if #emptied > 0 then
  redis.call('DEL', unpack(emptied)) -- before anything moves into one of them
end
-- All stay claimed until all bookings have moved, so that a customer whom one moves to is put into one queue only.
for _, pair in ipairs(joining) do
  move_on(pair[1], pair[2])
end
for i, customer in ipairs(held) do
  if not is_empty[customer.key] then
    move_on_what_came(customer.key)
  end
  keys[i] = customer.key
end
if #held > 0 then
  redis.call('HDEL', p .. 'lease', unpack(keys, 1, #held))
  redis.call('ZREM', p .. 'claimed', unpack(keys, 1, #held))
end
for _, customer in ipairs(held) do
  requeue(customer.key, customer.wait_ms)
end
if #done > 0 then
  redis.call('ZREM', p .. 'since', unpack(done))
end
for state, by in pairs(counts) do
  redis.call('HINCRBY', p .. 'counts', state, by)
end
for name, by in pairs(metrics) do
  redis.call('HINCRBY', p .. 'metrics', name, by)
end
if redis.call('ZCARD', p .. 'ready') > 0 and redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[2]) then
  reply[1] = 1
end
return reply
