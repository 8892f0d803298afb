// The replay: a cursor in time, play and pause, zoom, and which contact was chosen.

const PLAYERS = new WeakMap(); // one for each place on the page, over its reruns
const MOST_ROOM = 460; // pixels of the rows' window
const AHEAD = 0.28; // how faint the future is

class Player {
  constructor(root) {
    const of = (name) => root.querySelector(name);
    this.root = root;
    this.box = of(".player");
    this.parts = {
      play: of(".play"), speed: of(".speed"), zoom: of(".zoom"), clock: of(".clock"),
      brief: of(".brief"), legend: of(".legend"), queues: of(".queues"), cursor: of(".cursor"),
      rows: of(".rows"), tall: of(".tall"), canvas: of(".rows canvas"), hint: of(".hint"),
      details: of("details"), queued: of(".queued tbody"), staffed: of(".staffed tbody"),
      holding: of(".holding tbody"), heard: of(".heard"),
    };
    this.scenes = [document.createElement("canvas"), document.createElement("canvas")];
    this.at = null;
    this.row = 0;
    this.chosen = -1;
    this.playing = false;
    this.stale = true; // whether the scenes must be drawn again
    this.listen();
  }

  show(day, choose) {
    this.choose = choose;
    if (this.day && this.day.digest === day.digest) {
      this.mark(day.chosen);
      return;
    }
    this.day = day;
    [this.first, this.last] = busyHours(day);
    this.row = 0;
    const { cursor } = this.parts;
    cursor.min = Math.round(this.first / 1000);
    cursor.max = Math.round(this.last / 1000);
    const wanted = this.at === null ? this.first + (this.last - this.first) / 3 : this.at;
    this.at = Math.min(Math.max(wanted, this.first), this.last);
    this.zoom();
    this.describe();
    this.mark(day.chosen);
    this.go(this.at);
  }

  mark(contact) {
    this.chosen = contact;
    this.refresh();
  }

  describe() {
    const theme = themeOf(this.box);
    const { legend } = this.parts;
    legend.replaceChildren();
    const entry = (text, draw) => {
      const item = document.createElement("span");
      const swatch = document.createElement("canvas");
      swatch.width = 30; swatch.height = 14;
      draw(swatch.getContext("2d"));
      item.append(swatch, document.createTextNode(text));
      legend.append(item);
    };
    this.day.channels.forEach((channel, number) => entry(labelOf(channel), (pen) => {
      pen.fillStyle = colourOf(theme, number);
      pen.fillRect(0, 0, 30, 14);
      const pattern = patternOf(pen, theme, number, 1);
      if (pattern) { pen.fillStyle = pattern; pen.fillRect(0, 0, 30, 14); }
    }));
    entry("thin: a call in vain, or nobody there any more", (pen) => {
      pen.fillStyle = theme.text; pen.fillRect(0, 5, 30, 4);
    });
    entry("on a break", (pen) => {
      pen.strokeStyle = theme.text; pen.setLineDash([4, 3]); pen.strokeRect(0.5, 1.5, 29, 11);
    });
    entry("× left without an answer", () => {});
  }

  listen() {
    const { play, speed, zoom, cursor, rows, queues, canvas, details } = this.parts;
    play.onclick = () => this.turn(!this.playing);
    speed.onchange = () => { this.tick = null; };
    zoom.onchange = () => { this.zoom(); this.refresh(); };
    cursor.oninput = () => this.go(Number(cursor.value) * 1000);
    rows.onscroll = () => this.refresh();
    rows.onkeydown = (event) => this.key(event);
    rows.onfocus = rows.onblur = () => this.refresh();
    queues.onclick = (event) => this.click(event, queues, true);
    canvas.onclick = (event) => this.click(event, canvas, false);
    canvas.onmousemove = (event) => this.hover(event);
    details.ontoggle = () => this.tell();
    this.watch = new ResizeObserver(() => { if (this.day) this.zoom(), this.refresh(); });
    this.watch.observe(this.box);
  }

  leave() {
    this.turn(false);
    this.watch.disconnect();
  }

  // Time

  zoom() {
    const span = Number(this.parts.zoom.value) * 1000 || this.last - this.first;
    const from = span >= this.last - this.first ? this.first : this.at - span / 3;
    this.span = Math.min(span, this.last - this.first);
    this.from = Math.max(this.first, Math.min(from, this.last - this.span));
    this.parts.cursor.step = this.span > 7_200_000 ? 60 : 10;
    this.stale = true;
  }

  go(at) {
    this.at = Math.min(Math.max(at, this.first), this.last);
    const { cursor } = this.parts;
    if (Math.abs(Number(cursor.value) * 1000 - this.at) >= Number(cursor.step) * 1000)
      cursor.value = this.at / 1000;
    if (this.at < this.from || this.at > this.from + this.span) this.zoom();
    if (this.playing && this.at > this.from + 0.9 * this.span) this.zoom();
    this.refresh(this.stale);
    this.tellSoon();
  }

  turn(on) {
    this.playing = on && Boolean(this.day);
    const { play } = this.parts;
    play.textContent = this.playing ? "❚❚ Pause" : "▶ Play";
    play.setAttribute("aria-pressed", String(this.playing));
    this.tick = null;
    if (!this.playing) return this.tell();
    if (this.at >= this.last) this.at = this.first;
    const step = (now) => {
      if (!this.playing) return;
      const passed = this.tick === null ? 0 : Math.min(now - this.tick, 250);
      this.tick = now;
      this.go(this.at + passed * Number(this.parts.speed.value));
      if (this.at >= this.last) this.turn(false);
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  key(event) {
    const minute = 60_000 * (event.shiftKey ? 10 : 1) / (this.span <= 3_600_000 ? 6 : 1);
    const page = Math.floor(this.parts.rows.clientHeight / this.view.row);
    const acts = {
      ArrowLeft: () => this.go(this.at - minute),
      ArrowRight: () => this.go(this.at + minute),
      Home: () => this.go(this.first),
      End: () => this.go(this.last),
      ArrowUp: () => this.chooseRow(this.row - 1),
      ArrowDown: () => this.chooseRow(this.row + 1),
      PageUp: () => this.chooseRow(this.row - page),
      PageDown: () => this.chooseRow(this.row + page),
      " ": () => this.turn(!this.playing),
      Enter: () => this.chooseInHand(),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  chooseRow(row) {
    this.row = Math.min(Math.max(row, 0), this.day.rows.length - 1);
    const { rows } = this.parts;
    const y = this.row * this.view.row;
    if (y < rows.scrollTop) rows.scrollTop = y;
    if (y + this.view.row > rows.scrollTop + rows.clientHeight)
      rows.scrollTop = y + this.view.row - rows.clientHeight;
    const bars = inHandAt(this.day, this.row, this.at);
    const what = bars.map((bar) => this.name(bar)).join(", ") || "nothing in hand";
    this.say(`${this.day.rows[this.row][1]}: ${what}`);
    this.refresh();
  }

  // With several contacts in hand, Enter goes from one to the next.
  chooseInHand() {
    const bars = inHandAt(this.day, this.row, this.at);
    if (!bars.length) return this.say(`${this.day.rows[this.row][1]}: nothing in hand`);
    const now = bars.findIndex((bar) => this.day.barContact[bar] === this.chosen);
    this.pick(this.day.barContact[bars[(now + 1) % bars.length]]);
  }

  // Choosing with the pointer

  click(event, canvas, queues) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const at = instantAt(this.view, x);
    if (x < GUTTER) return;
    if (queues) return this.clickQueue(x, Math.floor((y - TITLE) / LANE), at);
    const bar = this.barUnder(x, y);
    this.row = Math.max(0, Math.min(Math.floor((y + this.view.top) / this.view.row), this.day.rows.length - 1));
    if (bar < 0) return this.go(at);
    this.pick(this.day.barContact[bar]);
  }

  // A cross tells who left there; elsewhere it is the one who waits longest.
  clickQueue(x, channel, at) {
    const { day } = this;
    if (!day.waitsOf[channel]) return;
    const near = (place) => Math.abs(xOf(this.view, day.waitEnd[place]) - x);
    const left = day.waitsOf[channel].filter((place) => day.waitLeft[place] === LEFT && near(place) < 5);
    left.sort((one, other) => near(one) - near(other));
    const place = left.length ? left[0] : longestWaiting(day, channel, at);
    if (place < 0) return this.go(at);
    this.pick(day.waitContact[place]);
  }

  barUnder(x, y) {
    const row = Math.floor((y + this.view.top) / this.view.row);
    let best = -1, least = 4;
    for (const bar of this.day.barsOfRow[row] || []) {
      const [left, above, width, height] = boxOf(this.day, this.view, bar);
      const off = Math.max(left - x, x - left - width, 0) + Math.max(above - y, y - above - height, 0);
      if (off < least) [best, least] = [bar, off];
    }
    return best;
  }

  hover(event) {
    const box = this.parts.canvas.getBoundingClientRect();
    const bar = this.barUnder(event.clientX - box.left, event.clientY - box.top);
    const row = this.day.rows[Math.floor((event.clientY - box.top + this.view.top) / this.view.row)];
    this.parts.hint.textContent = bar < 0 ? (row ? row[1] : "") : `${row[1]}: ${this.name(bar)}, `
      + `${clockOf(this.day, this.day.barBegin[bar], true)} to ${clockOf(this.day, this.day.barEnd[bar], true)}`;
  }

  pick(contact) {
    this.mark(contact);
    this.say(`Contact ${contact}: its story stands below.`);
    this.choose(contact);
  }

  name(bar) {
    const kind = ["", ", a call in vain", ", nobody there any more"][this.day.barWhat[bar]];
    return `${this.day.channels[this.day.barChannel[bar]].name} ${this.day.barContact[bar]}${kind}`;
  }

  say(text) {
    this.parts.heard.textContent = text;
    this.parts.hint.textContent = text;
  }

  // Drawing

  refresh(scenes = true) {
    this.stale = this.stale || scenes;
    if (this.waiting || !this.day) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.box.isConnected) this.draw();
    });
  }

  draw() {
    const width = this.box.clientWidth;
    if (!width) return;
    const row = rowHeight(this.day, MOST_ROOM);
    const tall = row * this.day.rows.length;
    const height = Math.min(tall, MOST_ROOM);
    const { rows, canvas, queues, tall: spacer } = this.parts;
    rows.style.height = `${height + 2}px`;
    spacer.style.height = `${tall}px`;
    const inner = rows.clientWidth;
    this.view = { from: this.from, to: this.from + this.span, width: inner, height, row, top: rows.scrollTop };
    const above = TITLE + this.day.channels.length * LANE;
    const ratio = window.devicePixelRatio || 1;
    if (this.stale) this.drawScenes(inner, above, height, ratio);
    this.stale = false;
    this.compose(queues, this.scenes[0], inner, above, ratio);
    this.compose(canvas, this.scenes[1], inner, height, ratio);
    this.outline(canvas.getContext("2d"), ratio);
    this.parts.clock.textContent = clockOf(this.day, this.at, this.span <= 3_600_000);
  }

  drawScenes(width, above, height, ratio) {
    const theme = themeOf(this.box);
    this.theme = theme;
    [[this.scenes[0], above, drawQueues], [this.scenes[1], height, drawRows]].forEach(
      ([scene, tall, draw]) => {
        scene.width = Math.round(width * ratio);
        scene.height = Math.round(tall * ratio);
        const pen = scene.getContext("2d", { alpha: false });
        const patterns = this.day.channels.map((_, number) => patternOf(pen, theme, number, 1));
        pen.scale(ratio, ratio);
        draw(pen, this.day, this.view, theme, patterns);
      },
    );
  }

  // The past as it is, the future faint, and the cursor between them.
  compose(canvas, scene, width, height, ratio) {
    if (canvas.width !== scene.width || canvas.height !== scene.height) {
      canvas.width = scene.width;
      canvas.height = scene.height;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    const x = Math.min(Math.max(xOf(this.view, this.at), GUTTER), width - EDGE);
    const cut = Math.round(x * ratio), rest = scene.width - cut;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 1;
    if (cut) pen.drawImage(scene, 0, 0, cut, scene.height, 0, 0, cut, scene.height);
    pen.fillStyle = this.theme.ground;
    pen.fillRect(cut, 0, rest, scene.height);
    pen.globalAlpha = AHEAD;
    if (rest > 0) pen.drawImage(scene, cut, 0, rest, scene.height, cut, 0, rest, scene.height);
    pen.globalAlpha = 1;
    pen.fillStyle = this.theme.text;
    pen.fillRect(cut - ratio, 0, 2 * ratio, scene.height);
  }

  outline(pen, ratio) {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.lineWidth = 2.5;
    pen.strokeStyle = this.theme.text;
    this.day.barContact.forEach((contact, bar) => {
      if (contact !== this.chosen) return;
      const [x, y, width, height] = boxOf(this.day, this.view, bar);
      const left = Math.max(x, GUTTER), right = Math.min(x + width, this.view.width - EDGE);
      if (right > left) pen.strokeRect(left - 1.5, y - 1.5, right - left + 3, height + 3);
    });
    if (this.root.activeElement !== this.parts.rows) return;
    pen.strokeStyle = this.theme.accent;
    const y = this.row * this.view.row - this.view.top;
    pen.strokeRect(1.5, y + 1, this.view.width - 3, this.view.row - 2);
  }
}

Object.assign(Player.prototype, TELLING);

export default function ({ data, parentElement, setStateValue }) {
  let player = PLAYERS.get(parentElement);
  if (!player || !player.box.isConnected) {
    player = new Player(parentElement);
    PLAYERS.set(parentElement, player);
  }
  if (data) player.show(readDay(data), (contact) => setStateValue("contact", contact));
  return () => player.leave();
}
