-- Takes one API call out of our share before it is made. Keeps true: the calls of all workers within 24 hours never
-- come to more than the share, as far as it is known. Counted in steps of ten minutes; a step leaves the window as a whole.
-- KEYS[1] prefix of the connection   ARGV[1] length of a step, ms   ARGV[2] steps in the window
-- Returns {1 if the call may be made, calls made within the window, our share (-1: not known)}
local p, length, steps = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local step = math.floor((time[1] * 1000 + math.floor(time[2] / 1000)) / length)
local calls, spent = redis.call('HGETALL', p .. 'calls'), 0
for i = 1, #calls, 2 do
  if tonumber(calls[i]) < step - steps then
    redis.call('HDEL', p .. 'calls', calls[i])
  else
    spent = spent + tonumber(calls[i + 1])
  end
end
local usage = redis.call('HMGET', p .. 'usage', 'allowed', 'share')
local share = usage[1] and usage[2] and math.floor(usage[1] * usage[2] / 100) or -1
if share >= 0 and spent >= share then
  return {0, spent, share}
end
redis.call('HINCRBY', p .. 'metrics', 'api_calls', 1)
redis.call('HINCRBY', p .. 'calls', string.format('%d', step), 1)
return {1, spent + 1, share}
