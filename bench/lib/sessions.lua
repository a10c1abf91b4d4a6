-- wrk script: one POST per session in turn, every answer checked, "RESULT {json}" at the end.
-- Arguments: ids file, path, bytes of the request body, bytes of the answer's body, connections.

local threads = {}
local nextRequest = 0
local requests = {}
local expected = 0
-- Global, so that done() can read them from the thread.
bad = 0
connections = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local body = string.rep("x", tonumber(args[3]))
  expected = tonumber(args[4])
  connections = tonumber(args[5])
  for id in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("POST", args[2], {
      ["Host"] = wrk.headers["Host"],
      ["Content-Type"] = "application/json",
      ["Accept"] = "application/json",
      ["X-Amzn-SageMaker-Session-Id"] = id,
      ["X-Amzn-SageMaker-Custom-Attributes"] = "reply=" .. args[4],
    }, body)
  end
end

function request()
  nextRequest = nextRequest % #requests + 1
  return requests[nextRequest]
end

function response(status, headers, body)
  if status ~= 200 or #body ~= expected then
    bad = bad + 1
  end
end

-- wrk adds samples of its own for every answer slower than twice the mean ("coordinated omission");
-- with a closed loop that only blurs the percentiles. Takes them out again, largest value first.
local function measured(latency, interval)
  local counts, largest = {}, 0
  for i = 1, #latency do
    local value, count = latency(i)
    counts[value] = count
    largest = math.max(largest, value)
  end
  for value = largest, 2 * interval, -1 do
    local count = counts[value] or 0
    local added = value - interval
    while count > 0 and added > interval do
      counts[added] = counts[added] - count
      added = added - interval
    end
  end
  return counts, largest
end

local function percentile(counts, largest, total, percent)
  local seen = 0
  for value = 0, largest do
    seen = seen + (counts[value] or 0)
    if seen >= total * percent / 100 then
      return value
    end
  end
end

function done(summary, latency)
  local requested = summary.requests
  local perConnection = math.floor(requested / threads[1]:get("connections"))
  local interval = perConnection > 0 and math.floor(summary.duration / perConnection) or math.huge
  local counts, largest = measured(latency, interval)
  local total, wrong = 0, 0
  for _, count in pairs(counts) do
    total = total + count
  end
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("bad")
  end
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"sampled":%d,"micros":%d,"wrong":%d,"non_2xx":%d,"socket":%d,"timeouts":%d,'
      .. '"p50":%d,"p99":%d}\n',
    requested, total, summary.duration, wrong, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout,
    percentile(counts, largest, total, 50), percentile(counts, largest, total, 99)))
end
