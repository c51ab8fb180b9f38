-- Prolongs the lease of customers that are worked on. Keeps true: only the claim that holds a customer prolongs it, so
-- that one which was given to another worker stays his. A lease that has just begun is left as it is: most batches end
-- within a tenth of it.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2] lease, ms   ARGV[3…] customers
-- Returns the customers that this claim no longer holds
local p, token, lease = KEYS[1], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost, held = {}, {}
if #ARGV < 3 then
  return lost
end
for n, holder in ipairs(redis.call('HMGET', p .. 'lease', unpack(ARGV, 3))) do
  if holder == token then
    held[#held + 1], held[#held + 2] = now + lease, ARGV[n + 2]
  else
    lost[#lost + 1] = ARGV[n + 2]
  end
end
-- All customers of a claim have one lease.
if #held > 0 and tonumber(redis.call('ZSCORE', p .. 'claimed', held[2]) or 0) < now + lease * 0.9 then
  redis.call('ZADD', p .. 'claimed', unpack(held))
end
return lost
