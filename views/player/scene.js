// How a day is drawn: agents as rows, contacts as bars, queues above. Never by colour alone:
// every channel has a pattern and a letter too.

const GUTTER = 118; // room for names
const EDGE = 12; // so that the last hour can be read
const LANE = 40; // height of a queue
const TITLE = 16;
const ROW_LEAST = 12, ROW_MOST = 24;

function themeOf(element) {
  const style = getComputedStyle(element);
  const of = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const text = of("--st-text-color", "#1f2933");
  return {
    text,
    ground: of("--st-background-color", "#ffffff"),
    quiet: of("--st-secondary-background-color", "#f4f6f8"),
    line: of("--st-border-color", "#c8ccd0"),
    font: of("--st-font", "sans-serif"),
    accent: of("--st-primary-color", "#0072b2"),
    colours: of("--st-chart-categorical-colors", "#0072B2,#D55E00,#009E73").split(","),
  };
}

function colourOf(theme, channel) {
  return theme.colours[channel % theme.colours.length].trim();
}

function isDark(colour) {
  const value = parseInt(colour.replace("#", "").slice(0, 6), 16);
  return 0.299 * (value >> 16) + 0.587 * ((value >> 8) & 255) + 0.114 * (value & 255) < 140;
}

// Solid, stripes, dots, lines, stripes the other way, a grid: in the order of the channels.
function patternOf(context, theme, channel, ratio) {
  const kind = channel % 6;
  if (kind === 0) return null;
  const tile = document.createElement("canvas");
  const size = 6 * ratio;
  tile.width = tile.height = size;
  const pen = tile.getContext("2d");
  pen.strokeStyle = pen.fillStyle = isDark(colourOf(theme, channel)) ? "#ffffffa0" : "#00000080";
  pen.lineWidth = 1.2 * ratio;
  pen.beginPath();
  const stroke = (...points) => {
    pen.moveTo(points[0] * size, points[1] * size);
    pen.lineTo(points[2] * size, points[3] * size);
  };
  if (kind === 1) { stroke(-0.5, 0.5, 0.5, -0.5); stroke(-0.5, 1.5, 1.5, -0.5); stroke(0.5, 1.5, 1.5, 0.5); }
  if (kind === 2) pen.fillRect(size / 3, size / 3, 1.7 * ratio, 1.7 * ratio);
  if (kind === 3 || kind === 5) stroke(0, 0.5, 1, 0.5);
  if (kind === 4) { stroke(-0.5, 0.5, 0.5, 1.5); stroke(-0.5, -0.5, 1.5, 1.5); stroke(0.5, -0.5, 1.5, 0.5); }
  if (kind === 5) stroke(0.5, 0, 0.5, 1);
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

function labelOf(channel) {
  return channel.letter === channel.name ? channel.name : `${channel.letter} ${channel.name}`;
}

// What the screen shows: a stretch of time, and how tall a row is.
function xOf(view, at) {
  return GUTTER + ((at - view.from) / (view.to - view.from)) * (view.width - GUTTER - EDGE);
}

function instantAt(view, x) {
  return view.from + ((x - GUTTER) / (view.width - GUTTER - EDGE)) * (view.to - view.from);
}

function rowHeight(day, room) {
  const fitting = Math.floor(room / Math.max(day.rows.length, 1));
  return Math.min(ROW_MOST, Math.max(ROW_LEAST, fitting));
}

function hourStep(view) {
  const minutes = [1, 5, 15, 30, 60, 120, 180];
  const fits = (step) => ((view.to - view.from) / (step * 60_000)) * 56 < view.width - GUTTER;
  return (minutes.find(fits) || 240) * 60_000;
}

function drawHours(pen, day, view, theme, height, labels) {
  const step = hourStep(view);
  pen.strokeStyle = theme.line;
  pen.fillStyle = theme.text;
  pen.lineWidth = 1;
  pen.textAlign = "center";
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    const x = Math.round(xOf(view, at)) + 0.5;
    pen.globalAlpha = 0.5;
    pen.beginPath();
    pen.moveTo(x, labels ? TITLE : 0);
    pen.lineTo(x, height);
    pen.stroke();
    pen.globalAlpha = 1;
    if (labels) pen.fillText(clockOf(day, at), x, 11);
  }
  pen.textAlign = "left";
}

// Queues: an area for each channel on a scale of its own, and a cross for everybody who left.
function drawQueues(pen, day, view, theme, patterns) {
  const height = TITLE + day.channels.length * LANE;
  pen.fillStyle = theme.ground;
  pen.fillRect(0, 0, view.width, height);
  pen.font = `11px ${theme.font}`;
  drawHours(pen, day, view, theme, height, true);
  day.channels.forEach((channel, number) => {
    const base = TITLE + (number + 1) * LANE - 4;
    const most = day.most[number];
    pen.fillStyle = theme.text;
    pen.fillText(labelOf(channel), 2, base - 16, GUTTER - 8);
    pen.fillText(most ? `up to ${most} wait` : "nobody waits", 2, base - 3, GUTTER - 8);
    pen.save();
    pen.beginPath();
    pen.rect(GUTTER, 0, view.width - GUTTER, height);
    pen.clip();
    const area = queueArea(day, view, number, base, (LANE - 10) / Math.max(most, 1));
    pen.fillStyle = colourOf(theme, number);
    pen.fill(area);
    if (patterns[number]) {
      pen.fillStyle = patterns[number];
      pen.fill(area);
    }
    drawCrosses(pen, day, view, theme, number, base - LANE + 12);
    pen.restore();
    pen.strokeStyle = theme.line;
    pen.strokeRect(GUTTER, base + 0.5, view.width - GUTTER - EDGE, 0);
  });
}

function queueArea(day, view, channel, base, scale) {
  const area = new Path2D();
  let waiting = 0;
  area.moveTo(GUTTER, base);
  for (const place of day.stepsOf[channel]) {
    const x = Math.min(Math.max(xOf(view, day.stepAt[place]), GUTTER), view.width - EDGE);
    area.lineTo(x, base - waiting * scale);
    waiting = day.stepWaiting[place];
    area.lineTo(x, base - waiting * scale);
  }
  area.lineTo(view.width - EDGE, base - waiting * scale);
  area.lineTo(view.width - EDGE, base);
  area.closePath();
  return area;
}

function drawCrosses(pen, day, view, theme, channel, y) {
  pen.strokeStyle = theme.text;
  pen.lineWidth = 1.3;
  pen.beginPath();
  for (const place of day.waitsOf[channel]) {
    if (day.waitLeft[place] !== LEFT) continue;
    const x = xOf(view, day.waitEnd[place]);
    if (x < GUTTER || x > view.width) continue;
    pen.moveTo(x - 3, y - 3); pen.lineTo(x + 3, y + 3);
    pen.moveTo(x - 3, y + 3); pen.lineTo(x + 3, y - 3);
  }
  pen.stroke();
}

// The rows that the window shows, from `top` pixels on.
function drawRows(pen, day, view, theme, patterns) {
  pen.fillStyle = theme.quiet; // nobody is there, until told otherwise
  pen.fillRect(0, 0, view.width, view.height);
  const first = Math.max(0, Math.floor(view.top / view.row));
  const last = Math.min(day.rows.length, Math.ceil((view.top + view.height) / view.row));
  for (let row = first; row < last; row++) drawStays(pen, day, view, theme, row);
  drawHours(pen, day, view, theme, Math.min(view.height, day.rows.length * view.row), false);
  drawBars(pen, day, view, theme, patterns, first, last);
  pen.fillStyle = theme.ground;
  pen.fillRect(0, 0, GUTTER, view.height);
  pen.font = `${view.row < 14 ? 10 : 11}px ${theme.font}`;
  pen.fillStyle = theme.text;
  for (let row = first; row < last; row++) {
    const y = row * view.row - view.top;
    pen.fillText(day.rows[row][1], 4, y + view.row / 2 + 3.5, GUTTER - 8);
    if (row && day.rows[row][0] !== day.rows[row - 1][0]) pen.fillRect(0, y, view.width, 1);
  }
}

function drawStays(pen, day, view, theme, row) {
  const y = row * view.row - view.top;
  for (const stay of day.staysOfRow[row]) {
    const from = Math.max(xOf(view, day.stayBegin[stay]), GUTTER);
    const to = Math.min(xOf(view, day.stayEnd[stay]), view.width - EDGE);
    if (to <= from) continue;
    const what = day.stayWhat[stay];
    pen.fillStyle = theme.ground;
    if (what === PRESENT || what === STAYS_ON) {
      pen.fillRect(from, y + 1, to - from, view.row - 2);
      continue;
    }
    pen.strokeStyle = theme.text;
    pen.setLineDash(what === ABSENT ? [1, 3] : [4, 3]);
    pen.strokeRect(from + 0.5, y + 2.5, to - from - 1, view.row - 5);
    pen.setLineDash([]);
    if (to - from > 46) {
      pen.fillStyle = theme.text;
      pen.font = `10px ${theme.font}`;
      pen.fillText(what === ABSENT ? "absent" : "break", from + 5, y + view.row / 2 + 3.5);
    }
  }
}

function drawBars(pen, day, view, theme, patterns, first, last) {
  pen.save();
  pen.beginPath();
  pen.rect(GUTTER, 0, view.width - GUTTER - EDGE, view.height);
  pen.clip();
  pen.font = `bold ${Math.min(11, view.row - 3)}px ${theme.font}`;
  day.channels.forEach((channel, number) => {
    const colour = colourOf(theme, number);
    const letters = [], boxes = [];
    for (let row = first; row < last; row++) {
      for (const bar of day.barsOfRow[row]) {
        if (day.barChannel[bar] !== number) continue;
        if (day.barEnd[bar] < view.from || day.barBegin[bar] > view.to) continue;
        const [x, y, width, height] = boxOf(day, view, bar);
        if (day.barWhat[bar] === WORK) boxes.push([x, y, width, height]);
        else boxes.push([x, y + height / 3, width, height / 3]); // in vain: a thin one
        if (width > 9 && height > 7) letters.push([x, y + height - 2]);
      }
    }
    for (const style of [colour, patterns[number]]) {
      if (!style) continue;
      pen.fillStyle = style;
      for (const box of boxes) pen.fillRect(...box); // one path of them all takes far longer
    }
    pen.fillStyle = isDark(colour) ? "#ffffff" : "#000000";
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    for (const [x, y] of letters) {
      if (patterns[number]) pen.strokeText(channel.letter, x + 2, y);
      pen.fillText(channel.letter, x + 2, y);
    }
  });
  pen.restore();
}

function boxOf(day, view, bar) {
  const row = day.barRow[bar];
  const lane = (view.row - 2) / day.lanes[row];
  const x = xOf(view, day.barBegin[bar]);
  const gap = xOf(view, day.barEnd[bar]) - x > 2.5 ? 0.7 : 0;
  return [
    x,
    row * view.row - view.top + 1 + day.barLane[bar] * lane,
    Math.max(xOf(view, day.barEnd[bar]) - x - gap, 0.8),
    Math.max(lane - 0.8, 1),
  ];
}
