-- Opens the breaker of a connection: nobody calls until a probe goes through. Keeps true: while it is open, failures of
-- calls that were under way change nothing; each failed probe doubles the pause.
-- KEYS[1] the breaker   ARGV[1] error code   ARGV[2] first pause, ms   ARGV[3] longest pause, ms
-- ARGV[4] fingerprint of the credentials   ARGV[5] '1' if the failure is that of a probe
-- Returns the pause in ms, 0 if it was open
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'until', 'pause', 'for')
local is_open = known[1] and known[3] == ARGV[4]
if is_open and ARGV[5] ~= '1' then
  return 0
end
local pause = is_open and math.min(known[2] * 2, tonumber(ARGV[3])) or tonumber(ARGV[2])
if not is_open then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'since', now)
end
redis.call('HSET', KEYS[1], 'code', ARGV[1], 'for', ARGV[4], 'pause', pause, 'until', now + pause)
return pause
