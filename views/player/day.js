// A day as typed arrays: read from the bytes that the page sends, and asked at an instant.

const TYPES = { i4: Int32Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };
const PRESENT = 0, ON_BREAK = 1, ABSENT = 2, STAYS_ON = 3;
const WORK = 0, IN_VAIN = 1, NOBODY_THERE = 2;
const LEFT = 1;

function readDay(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const day = { ...head };
  for (const [name, kind, begin, count] of head.arrays) {
    const Kind = TYPES[kind];
    const from = bytes.byteOffset + 4 + length + begin;
    day[name] = new Kind(bytes.buffer.slice(from, from + count * Kind.BYTES_PER_ELEMENT));
  }
  day.barsOfRow = index(day.barRow, day.rows.length);
  day.staysOfRow = index(day.stayRow, day.rows.length);
  day.stepsOf = index(day.stepChannel, day.channels.length);
  day.waitsOf = index(day.waitChannel, day.channels.length);
  day.most = day.channels.map((_, channel) => largest(day.stepsOf[channel], day.stepWaiting));
  day.lanes = new Uint8Array(day.rows.length).fill(1);
  for (let bar = 0; bar < day.barRow.length; bar++) {
    const row = day.barRow[bar];
    day.lanes[row] = Math.max(day.lanes[row], day.barLane[bar] + 1);
  }
  return day;
}

function index(keys, count) {
  const found = Array.from({ length: count }, () => []);
  keys.forEach((key, place) => found[key].push(place));
  return found;
}

function largest(places, values) {
  return places.reduce((most, place) => Math.max(most, values[place]), 0);
}

// Where the day has something to show: from the first agent to the last, or all of it.
function busyHours(day) {
  if (!day.stayBegin.length) return [0, day.length];
  const quarter = 900_000;
  const first = day.stayBegin.reduce((least, one) => Math.min(least, one), day.length);
  const last = day.stayEnd.reduce((most, one) => Math.max(most, one), 0);
  return [
    Math.max(0, Math.floor(first / quarter) * quarter - quarter),
    Math.min(day.length, Math.ceil(last / quarter) * quarter + quarter),
  ];
}

// The local clock; on a day with a clock change it is not the time since midnight.
function clockOf(day, at, seconds = false) {
  let shift = 0;
  for (const [from, more] of day.clock) if (at >= from) shift = more;
  const whole = Math.floor((at + shift) / 1000);
  const two = (value) => String(value).padStart(2, "0");
  const text = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}`;
  return seconds ? `${text}:${two(whole % 60)}` : text;
}

function waitingAt(day, channel, at) {
  const places = day.stepsOf[channel];
  let low = 0, high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (day.stepAt[places[middle]] <= at) low = middle + 1;
    else high = middle;
  }
  return low ? day.stepWaiting[places[low - 1]] : 0;
}

// The contact of a channel that has waited longest at an instant, -1 for none.
function longestWaiting(day, channel, at) {
  for (const place of day.waitsOf[channel]) {
    if (day.waitBegin[place] > at) return -1;
    if (day.waitEnd[place] > at) return place; // they are sorted by their begin
  }
  return -1;
}

function inHandAt(day, row, at) {
  return day.barsOfRow[row].filter((bar) => day.barBegin[bar] <= at && at < day.barEnd[bar]);
}

function stayAt(day, row, at) {
  for (const stay of day.staysOfRow[row])
    if (day.stayBegin[stay] <= at && at < day.stayEnd[stay]) return day.stayWhat[stay];
  return -1;
}

// Everything at an instant in numbers: of each channel, of each group, of each agent.
function momentOf(day, at) {
  const inHand = day.channels.map(() => 0);
  const groups = day.groups.map((name, group) => ({
    name, present: 0, busy: 0, onBreak: 0, absent: awayAt(day, group, at),
  }));
  const agents = [];
  day.rows.forEach(([group, label], row) => {
    const bars = inHandAt(day, row, at);
    for (const bar of bars) inHand[day.barChannel[bar]] += 1;
    const what = stayAt(day, row, at);
    if (what === PRESENT || what === STAYS_ON) groups[group].present += 1;
    if (what === ON_BREAK) groups[group].onBreak += 1;
    if (what === ABSENT) groups[group].absent += 1;
    if (bars.length) groups[group].busy += 1;
    if (what >= 0 || bars.length) agents.push({ row, label, what, bars });
  });
  const channels = day.channels.map((channel, number) => {
    const longest = longestWaiting(day, number, at);
    return {
      ...channel,
      waiting: waitingAt(day, number, at),
      since: longest < 0 ? null : at - day.waitBegin[longest],
      inHand: inHand[number],
    };
  });
  return { channels, groups, agents };
}

function awayAt(day, group, at) {
  if (!day.away.length) return 0;
  const interval = Math.min(Math.floor(at / day.interval), day.away.length / day.groups.length - 1);
  return day.away[interval * day.groups.length + group];
}

function timeOf(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}
