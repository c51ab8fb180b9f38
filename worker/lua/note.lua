-- Notes Salesforce ids of bookings while they are worked on, so that a retry resumes behind what succeeded.
-- Keeps true: only the claim that holds the customer writes.
-- KEYS[1] prefix of the connection   ARGV[1] token of the claim   ARGV[2…] three a booking: customer, booking, records
local p, token = KEYS[1], ARGV[1]
local customers = {}
for i = 2, #ARGV, 3 do
  customers[#customers + 1] = ARGV[i]
end
local holders = redis.call('HMGET', p .. 'lease', unpack(customers))
for n, holder in ipairs(holders) do
  if holder == token then
    redis.call('HSET', p .. 'booking:' .. ARGV[3 * n], 'records', ARGV[3 * n + 1])
  end
end
