// What the cursor stands on, in words: a line at once, tables and the cursor's own text when it rests.

const TELLING = {
  tellSoon() {
    if (this.telling) return;
    this.telling = setTimeout(() => { this.telling = null; this.tell(); }, 150);
  },

  tell() {
    if (!this.day || !this.box.isConnected) return;
    const moment = momentOf(this.day, this.at);
    const sum = (name) => moment.groups.reduce((total, group) => total + group[name], 0);
    const queues = moment.channels.filter((channel) => channel.waiting)
      .map((channel) => `${channel.name} ${channel.waiting}`).join(", ") || "nobody";
    const brief = `${sum("busy")} of ${sum("present")} agents with work; waiting: ${queues}`;
    this.parts.brief.textContent = brief;
    this.parts.cursor.setAttribute("aria-valuetext", `${clockOf(this.day, this.at)}: ${brief}`);
    if (this.parts.details.open && !this.playing) this.fillTables(moment);
  },

  fillTables(moment) {
    const row = (head, ...cells) => {
      const line = document.createElement("tr");
      const first = document.createElement("th");
      first.scope = "row";
      first.textContent = head;
      line.append(first);
      for (const cell of cells) {
        const place = document.createElement("td");
        place.append(...[cell].flat().map((part) => (part instanceof Node ? part : String(part))));
        line.append(place);
      }
      return line;
    };
    this.parts.queued.replaceChildren(...moment.channels.map((channel) => row(
      channel.name, channel.waiting, channel.since === null ? "–" : timeOf(channel.since), channel.inHand,
    )));
    this.parts.staffed.replaceChildren(...moment.groups.map((group) => row(
      group.name, group.present, group.busy, group.onBreak, group.absent,
    )));
    const states = { [ON_BREAK]: "on a break", [ABSENT]: "absent" };
    this.parts.holding.replaceChildren(...moment.agents.map((agent) => row(
      agent.label,
      agent.bars.length ? agent.bars.map((bar) => this.button(bar)) : states[agent.what] || "free",
    )));
  },

  button(bar) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.name(bar);
    button.onclick = () => this.pick(this.day.barContact[bar]);
    return button;
  },
};
