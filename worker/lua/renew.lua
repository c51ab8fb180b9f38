-- Prolongs the lease of customers that are worked on. Keeps true: only the claim that holds a customer prolongs it, so
-- that one which was given to another worker stays his.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2] lease, ms   ARGV[3…] customers
-- Returns the customers that this claim no longer holds
local p, token, lease = KEYS[1], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lost = {}
for i = 3, #ARGV do
  if redis.call('HGET', p .. 'lease', ARGV[i]) == token then
    redis.call('ZADD', p .. 'claimed', now + lease, ARGV[i])
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
