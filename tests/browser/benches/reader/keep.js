// What a reader leaves behind: saved stories and read marks, a value each in localStorage, for all tabs.

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
      // Forbidden, or damaged: the reader goes on without.
      this.times = {};
    }
  }

  get(id) {
    return Object.hasOwn(this.times, id) ? this.times[id] : undefined;
  }

  has(id) {
    return Object.hasOwn(this.times, id);
  }

  /** Notes a story (with the time, or with a number), or forgets it. What another tab has written since is known. */
  set(id, kept) {
    if (kept) this.times[id] = kept === true ? Date.now() : kept;
    else delete this.times[id];
    try {
      localStorage.setItem(this.name, JSON.stringify(this.times));
    } catch {
      // Full or forbidden: it holds until the tab is closed.
    }
  }
}

export const saved = new Kept("saved");
export const read = new Kept("read");
/** The newest post that was on the page, of each live blog. */
export const seen = new Kept("seen");
