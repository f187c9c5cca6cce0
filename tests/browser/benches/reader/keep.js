// Reading state: saved stories and read marks, one value each in localStorage, for all tabs.

const BASE = document.baseURI;

class Kept {
  constructor(kind) {
    this.name = `reader ${kind} ${BASE}`;
    this.read();
    addEventListener("storage", (event) => event.key === this.name && this.read());
  }

  read() {
    try {
      this.times = JSON.parse(localStorage.getItem(this.name) ?? "{}");
    } catch {
      // Storage is forbidden, or the value is damaged: start empty.
      this.times = {};
    }
  }

  get(id) {
    return Object.hasOwn(this.times, id) ? this.times[id] : undefined;
  }

  has(id) {
    return Object.hasOwn(this.times, id);
  }

  /** Stores a story (with the time, or with a number), or removes it, after reading what other tabs have written. */
  set(id, kept) {
    if (kept) this.times[id] = kept === true ? Date.now() : kept;
    else delete this.times[id];
    try {
      localStorage.setItem(this.name, JSON.stringify(this.times));
    } catch {
      // Full or forbidden: it lasts until the tab is closed.
    }
  }
}

export const saved = new Kept("saved");
export const read = new Kept("read");
/** The newest post that was on the page, of each live blog. */
export const seen = new Kept("seen");
