-- Says whether calls may be made. Keeps true: when a pause is over one worker probes, for as long as a probe may take.
-- When the clock of Redis went back, nobody waits longer than the longest pause.
-- KEYS[1] the breaker   ARGV[1] fingerprint of the credentials   ARGV[2] the longest that a probe takes, ms
-- ARGV[3] the longest pause, ms
-- Returns 'closed', 'open', or 'probe' for the one that is to find out
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'until', 'for')
if not known[1] or known[2] ~= ARGV[1] then
  return 'closed'
end
local left = tonumber(known[1]) - now
if left > tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'until', now + ARGV[3])
end
if left > 0 then
  return 'open'
end
redis.call('HSET', KEYS[1], 'until', now + ARGV[2])
return 'probe'
