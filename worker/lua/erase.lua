-- Takes a person out of one booking, in one step. Keeps true: what is written was decided on what stands there now; a
-- booking that is being worked on is left alone; each event ends once, and counts add up; no customer without pending
-- bookings is to be worked on.
-- KEYS[1] prefix of the connection   ARGV[1] booking's id   ARGV[2] '1' if its pending events may be ended
-- ARGV[3] JSON: {"seen": {field: value, …}, "set": {field: value, …}, "drop": [field, …],
--         "ended": [[event, state before or "", state after], …]}
-- ARGV[4] how long what is settled is kept, ms
-- Returns 'erased', 'claimed' (by a worker), 'pending' (and that was not allowed) or 'changed' (look again)
local p, id, keep = KEYS[1], ARGV[1], tonumber(ARGV[4])
local key, asked = p .. 'booking:' .. id, cjson.decode(ARGV[3])

local function is_as_seen()
  local fields, count = redis.call('HGETALL', key), 0
  for i = 1, #fields, 2 do
    if asked.seen[fields[i]] ~= fields[i + 1] then
      return false
    end
    count = count + 1
  end
  for _ in pairs(asked.seen) do
    count = count - 1
  end
  return count == 0
end

local function end_event(event, before, after)
  if event == ' replaced' then -- counted as none
    redis.call('ZREM', p .. 'parked:replaced', id)
    return
  end
  if before ~= '' then
    redis.call('HINCRBY', p .. 'counts', before, -1)
  end
  redis.call('HINCRBY', p .. 'counts', after, 1)
  redis.call('ZREM', p .. 'parked', event)
  redis.call('PEXPIRE', p .. 'event:' .. event, keep)
end

if not is_as_seen() then
  return 'changed'
end
local customer = redis.call('HGET', key, 'customer')
local queue = p .. 'customer:' .. customer
if redis.call('ZSCORE', queue, id) then
  if redis.call('ZSCORE', p .. 'claimed', customer) then
    return 'claimed'
  elseif ARGV[2] ~= '1' then
    return 'pending'
  end
  redis.call('ZREM', queue, id)
  local first = redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')
  if first[1] then
    redis.call('ZADD', p .. 'ready', 'XX', first[2], customer)
  else
    for _, place in ipairs({'ready', 'waiting', 'since'}) do
      redis.call('ZREM', p .. place, customer)
    end
  end
end
for _, ended in ipairs(asked.ended) do
  end_event(ended[1], ended[2], ended[3])
end
for _, field in ipairs(asked.drop) do
  redis.call('HDEL', key, field)
end
for field, value in pairs(asked.set) do
  redis.call('HSET', key, field, value)
end
if redis.call('PTTL', key) < 0 then
  redis.call('PEXPIRE', key, keep)
end
return 'erased'
