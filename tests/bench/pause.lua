-- wrk: how many milliseconds a connection rests before it asks again.
function delay()
  return 2
end
