-- Makes events that a person has looked at pending again. Keeps true what publish.lua and settle.lua do: counts add up,
-- a customer with pending events is in exactly one of ready, claimed, waiting, what is pending does not expire; an event
-- that is pending already, or was settled meanwhile, is left alone, so that two replays are one.
-- KEYS[1] prefix of the connection   ARGV[1] how long one wake-up counts as under way, ms
-- ARGV[2] first place of the lane of new bookings
-- ARGV[3…] three an event: booking id, event id, '1' if one that was skipped is meant too
-- Returns {1 if the caller is to wake a worker, then per event 'replayed', or what it is instead: 'unknown', 'pending',
--         'erased' or the state in which it ended}
local p = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local reply = {0}

local function state_of(key, event)
  local text = redis.call('HGET', key, 'state:' .. event)
  local has_body = redis.call('HEXISTS', key, 'body:' .. event) == 1
  if not text then
    return has_body and 'pending' or 'unknown'
  end
  if not has_body then
    return 'erased' -- nothing is left that could be brought
  end
  local is_read, ended = pcall(cjson.decode, text)
  return is_read and type(ended) == 'table' and ended.state or 'parked'
end

local function reopen(key, booking, event, state)
  redis.call('HDEL', key, 'state:' .. event)
  if event == ' replaced' then -- no event of its own: it is not counted, and stands in a list of its own
    redis.call('ZREM', p .. 'parked:replaced', booking)
  else
    redis.call('HINCRBY', p .. 'counts', state, -1)
    redis.call('ZREM', p .. 'parked', event)
    redis.call('SET', p .. 'event:' .. event, booking) -- for ever; where its time was over, again
  end
end

-- As in settle.lua: the newest 20 are kept, and the count of all.
local function note_replay(key, event)
  local number = redis.call('HINCRBY', key, 'tried', 1)
  local at = string.format('{"at":%d,"kind":"replayed","event":', now)
  redis.call('HSET', key, 'try:' .. number, at .. cjson.encode(event) .. '}')
  redis.call('HDEL', key, 'try:' .. (number - 20))
  redis.call('HINCRBY', key, 'replays', 1)
end

local function enqueue(key, booking)
  local customer = redis.call('HGET', key, 'customer')
  -- The tries start anew, but for the one that was parked: the rules are to know that something was begun.
  redis.call('HSET', key, 'attempts', 1)
  redis.call('HDEL', key, 'cause', 'lapses')
  redis.call('PERSIST', key)
  -- As in publish.lua: behind what is more urgent, and behind what was accepted before.
  local order = tonumber(redis.call('GET', p .. 'accepted') or 0)
  local place = redis.call('HEXISTS', key, 'records') == 1 and order or tonumber(ARGV[2]) + order
  redis.call('ZADD', p .. 'customer:' .. customer, 'LT', place, booking)
  redis.call('ZADD', p .. 'since', 'NX', now, customer)
  if not redis.call('ZSCORE', p .. 'claimed', customer) and not redis.call('ZSCORE', p .. 'waiting', customer) then
    local first = redis.call('ZRANGE', p .. 'customer:' .. customer, 0, 0, 'WITHSCORES')
    redis.call('ZADD', p .. 'ready', 'LT', first[2], customer)
  end
end

for i = 3, #ARGV, 3 do
  local booking, event, skipped = unpack(ARGV, i, i + 2)
  local key = p .. 'booking:' .. booking
  local state = state_of(key, event)
  if state == 'parked' or (state == 'skipped' and skipped == '1') then
    reopen(key, booking, event, state)
    note_replay(key, event)
    enqueue(key, booking)
    reply[#reply + 1] = 'replayed'
    reply[1] = 1
  else
    reply[#reply + 1] = state
  end
end
if reply[1] == 1 and not redis.call('SET', p .. 'woken', 1, 'NX', 'PX', ARGV[1]) then
  reply[1] = 0
end
return reply
