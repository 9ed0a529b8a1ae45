//! What Redis does in one go. A script runs alone, but one that fails half-way leaves what it did: so those that write first put a head that
//! nobody can read, and the right one last.

use std::sync::LazyLock;

use platform::cache::Script;

/// Finds the sets of the head's generation; `whole` says whether one is as large as was noted. An empty answer is a doubt.
const OPENING: &str = "
local head = redis.call('GET', KEYS[1])
local generation = head and string.match(head, '^(%S+) ')
if not generation then return {} end
local base = ARGV[1] .. generation .. ':'
local function whole(key, count)
  local noted = redis.call('HMGET', base .. 'sizes', 'all', key)
  return noted[1] and redis.call(count, base .. key) == tonumber(noted[2] or '0')
end
";
/// Points and students of units: prefix, since, paths.
pub static UNITS: LazyLock<Script> = LazyLock::new(|| {
    Script::new(&format!(
        "{OPENING}
local units = 'u:' .. ARGV[2]
if not whole(units, 'ZCARD') or not whole('n', 'HLEN') then return {{}} end
local points, students = {{}}, {{}}
for i = 3, #ARGV, 1000 do
  local last = math.min(i + 999, #ARGV)
  points[#points + 1] = redis.call('ZMSCORE', base .. units, unpack(ARGV, i, last))
  students[#students + 1] = redis.call('HMGET', base .. 'n', unpack(ARGV, i, last))
end
return {{head, points, students}}"
    ))
});
/// Who stands beside a person: prefix, since, person, how many.
pub static AROUND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(&format!(
        "{OPENING}
if not whole('m', 'HLEN') then return {{}} end
local me = redis.call('HGET', base .. 'm', ARGV[3])
local own = me and cjson.decode(me)
if own and not own.paths then return {{}} end
local branch = own and own.branch
if not branch or branch == cjson.null then return {{head}} end
local key = 'b:' .. ARGV[2] .. ':' .. branch
if not whole(key, 'ZCARD') then return {{}} end
local board = base .. key
local at = redis.call('ZRANK', board, ARGV[3])
if not at then return {{head}} end
local beside = tonumber(ARGV[4])
local window = redis.call('ZRANGE', board, math.max(0, at - beside), at + beside, 'WITHSCORES')
local places = {{}}
for i = 1, #window, 2 do
  local member = redis.call('HGET', base .. 'm', window[i])
  if not member then return {{}} end
  local before = redis.call('ZCOUNT', board, '-inf', '(' .. window[i + 1])
  for _, part in ipairs({{window[i], window[i + 1], before, member}}) do places[#places + 1] = part end
end
local first = redis.call('ZRANGE', board, 0, 0, 'WITHSCORES')
local last = redis.call('ZRANGE', board, -1, -1, 'WITHSCORES')
return {{head, redis.call('ZCARD', board), first[2], last[2], places}}"
    ))
});
/// A step: the head that it was made for, the head after it, commands, sets whose size may change, base.
pub static APPLY: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'busy')
for _, command in ipairs(cjson.decode(ARGV[3])) do redis.call(unpack(command)) end
for _, noted in ipairs(cjson.decode(ARGV[4])) do
  redis.call('HSET', ARGV[5] .. 'sizes', noted[2], redis.call(noted[1], ARGV[5] .. noted[2]))
end
redis.call('SET', KEYS[1], ARGV[2])
return 1",
    )
});
/// Other periods: head, head after, base, periods that go, periods that come.
pub static REPLAN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], 'busy')
local base, sizes = ARGV[3], ARGV[3] .. 'sizes'
local old, new = cjson.decode(ARGV[4]), cjson.decode(ARGV[5])
for _, key in ipairs(redis.call('HKEYS', sizes)) do
  local since = string.match(key, '^[ubp]:(%d+)')
  for _, gone in ipairs(old) do
    if since == gone then
      redis.call('UNLINK', base .. key)
      redis.call('HDEL', sizes, key)
    end
  end
  local branch = string.match(key, '^b:0:(.+)$')
  for _, came in ipairs(branch and new or {}) do
    local board = 'b:' .. came .. ':' .. branch
    redis.call('ZUNIONSTORE', base .. board, 1, base .. key, 'WEIGHTS', 0)
    redis.call('HSET', sizes, board, redis.call('ZCARD', base .. board))
  end
end
redis.call('SET', KEYS[1], ARGV[2])
return 1",
    )
});
/// A generation made anew is seen: its name, the head.
pub static FINISH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2])
return 1",
    )
});
