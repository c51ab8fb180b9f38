-- Ends parked events as skipped, because a person said so. Keeps true: counts add up; what is not parked any more is
-- left alone; a booking of which nothing is pending and nothing parked expires, and its events with it.
-- KEYS[1] prefix of the connection   ARGV[1] the outcome as JSON
-- ARGV[2…] three an event: booking id, event id, how long to keep the booking from now on, ms
-- Returns per event 'discarded', or what it is instead: 'unknown', 'pending' or the state in which it ended
local p = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local outcome = string.format('{"at":%d,', now) .. string.sub(ARGV[1], 2)
local reply = {}

local function state_of(key, event)
  local text = redis.call('HGET', key, 'state:' .. event)
  if not text then
    return redis.call('HEXISTS', key, 'body:' .. event) == 1 and 'pending' or 'unknown'
  end
  local is_read, ended = pcall(cjson.decode, text)
  return is_read and type(ended) == 'table' and ended.state or 'parked'
end

local function skip(key, booking, event)
  redis.call('HSET', key, 'state:' .. event, outcome)
  redis.call('HSETNX', key, 'attempts', 1) -- what was parked was begun: a later event is not to rely on what it left
  if event == ' replaced' then -- no event of its own: it is not counted, and stands in a list of its own
    redis.call('ZREM', p .. 'parked:replaced', booking)
  else
    redis.call('HINCRBY', p .. 'counts', 'parked', -1)
    redis.call('HINCRBY', p .. 'counts', 'skipped', 1)
    redis.call('ZREM', p .. 'parked', event)
  end
end

-- The ids of the booking's events, nil while a person or a worker has something to do for one of them.
local function finished(key)
  local events = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if string.sub(name, 1, 5) == 'body:' then
      local event = string.sub(name, 6)
      local state = state_of(key, event)
      if state == 'pending' or state == 'parked' then
        return nil
      end
      events[#events + 1] = event
    end
  end
  return events
end

local function expire(key, keep)
  if redis.call('PTTL', key) == -1 then
    redis.call('PEXPIRE', key, keep)
  end
end

for i = 2, #ARGV, 3 do
  local booking, event, keep = unpack(ARGV, i, i + 2)
  local key = p .. 'booking:' .. booking
  local state = state_of(key, event)
  if state == 'parked' then
    skip(key, booking, event)
    local events = finished(key)
    if events then
      expire(key, keep)
      for _, each in ipairs(events) do
        expire(p .. 'event:' .. each, keep)
      end
    end
    state = 'discarded'
  end
  reply[#reply + 1] = state
end
return reply
