-- Joins the ids that a source gives one booking when it moves it: each new one to the first. Keeps true: an id under
-- which events were told keeps its booking, so that whoever asks gets the same one in whatever order the halves of a
-- move arrive, unless both ends of a move were told before anything said that they are one.
-- KEYS[1] prefix of the connection (see producers/keys.py)   ARGV[1] the id   ARGV[2] the id that it was moved from or ''
-- ARGV[3] '1' if an event is to be told of the booking now   ARGV[4] how long to know it from now on, ms
-- Returns {the id of the booking, the id of the booking that it replaces because both were told, or ''}
local p, own, old, keep = KEYS[1] .. 'chain:', ARGV[1], ARGV[2], ARGV[4]

local function first_of(id)
  local before = redis.call('GET', p .. id)
  while before do
    redis.call('PEXPIRE', p .. id, keep)
    id, before = before, redis.call('GET', p .. before)
  end
  return id
end

local function is_told(id)
  return redis.call('EXISTS', p .. 'told:' .. id) == 1
end

local first, replaced = first_of(own), ''
if old ~= '' then
  local before = first_of(old)
  if before ~= first and is_told(before) and is_told(first) then
    replaced = before
  elseif before ~= first and is_told(first) then
    redis.call('SET', p .. before, first, 'PX', keep)
  elseif before ~= first then
    redis.call('SET', p .. first, before, 'PX', keep)
    first = before
  end
end
if ARGV[3] == '1' then
  redis.call('SET', p .. 'told:' .. first, 1, 'PX', keep)
end
return {first, replaced}
