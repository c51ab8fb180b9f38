-- Notes Salesforce ids of bookings while they are worked on, so that a retry resumes behind what succeeded.
-- Keeps true: only the claim that holds the customer writes.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2…] three a booking: customer, booking, records
local p, token = KEYS[1], ARGV[1]
for i = 2, #ARGV, 3 do
  if redis.call('HGET', p .. 'lease', ARGV[i]) == token then
    redis.call('HSET', p .. 'booking:' .. ARGV[i + 1], 'records', ARGV[i + 2])
  end
end
