-- Makes customers ready again whose lease lapsed or whose wait is over. Keeps true: nobody waits for ever, whatever
-- message or worker was lost; a lapsed lease counts as a failed try, so that what kills workers ends parked; what named
-- somebody while it was claimed goes to that customer.
-- When the clock of Redis went back, nothing waits longer than the longest lease or wait.
-- KEYS[1] prefix of the connection   ARGV[1] how long a wake-up is under way, ms   ARGV[2] longest lease, ms
-- ARGV[3] longest wait, ms
-- Returns {how many customers are ready, leases that lapsed, waits that are over}
local p = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function make_ready(customer)
  local first = redis.call('ZRANGE', p .. 'customer:' .. customer, 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', p .. 'ready', 'LT', first[2], customer)
  else
    redis.call('ZREM', p .. 'since', customer)
  end
end

-- As in settle.lua: the newest 20 are kept, and the count of all.
local function note_lapse(key)
  local number = redis.call('HINCRBY', key, 'tried', 1)
  redis.call('HSET', key, 'try:' .. number, string.format('{"at":%d,"kind":"lapsed","code":"LEASE_LAPSED"}', now))
  redis.call('HDEL', key, 'try:' .. (number - 20))
end

-- As in settle.lua.
local function move_on(customer, booking, to)
  local key = p .. 'booking:' .. booking
  redis.call('HDEL', key, 'joins', 'weak')
  redis.call('HSET', key, 'customer', to)
  local place = redis.call('ZSCORE', p .. 'customer:' .. customer, booking)
  redis.call('ZREM', p .. 'customer:' .. customer, booking)
  redis.call('ZADD', p .. 'customer:' .. to, place, booking)
  redis.call('ZADD', p .. 'since', 'NX', redis.call('ZSCORE', p .. 'since', customer) or now, to)
  if not redis.call('ZSCORE', p .. 'claimed', to) and not redis.call('ZSCORE', p .. 'waiting', to) then
    redis.call('ZADD', p .. 'ready', 'LT', place, to)
  end
end

local function give_up(customer)
  for _, booking in ipairs(redis.call('ZRANGE', p .. 'customer:' .. customer, 0, -1)) do
    local key = p .. 'booking:' .. booking
    redis.call('HINCRBY', key, 'attempts', 1)
    redis.call('HINCRBY', key, 'lapses', 1)
    note_lapse(key)
    local to = redis.call('HGET', key, 'joins')
    if to then
      move_on(customer, booking, to)
    end
  end
end

local function pull_in(queue, longest)
  for _, customer in ipairs(redis.call('ZRANGEBYSCORE', p .. queue, '(' .. string.format('%.0f', now + longest), '+inf')) do
    redis.call('ZADD', p .. queue, now + longest, customer)
  end
end

pull_in('claimed', tonumber(ARGV[2]))
pull_in('waiting', tonumber(ARGV[3]))
local lapsed = redis.call('ZRANGEBYSCORE', p .. 'claimed', '-inf', now)
-- All stay claimed until all bookings have moved, so that a customer whom one moves to is put into one queue only.
for _, customer in ipairs(lapsed) do
  give_up(customer)
end
for _, customer in ipairs(lapsed) do
  redis.call('ZREM', p .. 'claimed', customer)
  redis.call('HDEL', p .. 'lease', customer)
  make_ready(customer)
end
local due = redis.call('ZRANGEBYSCORE', p .. 'waiting', '-inf', now)
for _, customer in ipairs(due) do
  redis.call('ZREM', p .. 'waiting', customer)
  make_ready(customer)
end
local ready = redis.call('ZCARD', p .. 'ready')
if ready > 0 and redis.call('EXISTS', p .. 'paused') == 0 then
  redis.call('SET', p .. 'woken', 1, 'PX', ARGV[1])
else
  ready = 0
end
return {ready, #lapsed, #due}
