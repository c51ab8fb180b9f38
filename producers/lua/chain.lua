-- Joins the ids that a source gives one booking when it is moved: each new one to the first. Keeps true: an id under
-- which events were told keeps its booking; whoever asks for the same id gets the same booking, in whatever order the
-- halves of a move arrive, unless both ends of a move were told before anything said that they are one.
-- KEYS[1] prefix of the connection (see producers/keys.py)   ARGV[1] the id   ARGV[2] the id that it was moved from or ''
-- ARGV[3] how long to know it from now on, ms
-- Returns {the id of the booking, the id of the booking that it replaces because both were told, or ''}
local p, own, old, keep = KEYS[1] .. 'chain:', ARGV[1], ARGV[2], ARGV[3]

local function first_of(id)
  return redis.call('GET', p .. id)
end

local function join(id, first)
  redis.call('SET', p .. id, first, 'PX', keep)
  redis.call('SET', p .. first, first, 'PX', keep)
  return {first, ''}
end

local known = first_of(own)
if old == '' then
  return join(own, known or own)
end
local before = first_of(old)
if not known then
  return join(own, before or old)
end
if not before or before == known then
  join(old, known)
  return join(own, known)
end
join(own, known)
return {known, before}
