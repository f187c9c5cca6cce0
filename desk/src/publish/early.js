// What a published page does before the app is there, and when the app comes. It stands in the head of each page,
// and is allowed by its hash.
((d, w) => {
  // Until the first frame is on the screen, what is further down in a story is not laid out (`style/layout.css`); right
  // after it, all of it is. Whoever is sent to a place in the story has it so from the beginning.
  const { classList } = d.documentElement;
  const whole = () => classList.remove("first-frame");
  if (!w.location.hash) classList.add("first-frame");
  w.requestAnimationFrame(() => w.setTimeout(whole));

  const language = navigator.language;
  const now = Date.now();
  const minute = 6e4;
  const n = "numeric", l = "long", s = "short", t = "2-digit";
  // As `browser::intl` writes them, by the letters that it gives them.
  const styles = {
    f: { day: n, month: l, year: n, hour: n, minute: t, timeZoneName: s },
    w: { weekday: l, day: n, month: l, year: n },
    s: { day: n, month: s, year: n },
    c: { hour: t, minute: t },
    d: { day: n, month: s, hour: t, minute: t },
  };
  const formats = {};
  const write = (time, style) => {
    // It throws where the system gives the browser a language that is none ("C").
    try {
      formats[style] ??= new Intl.DateTimeFormat(language, styles[style]);
      time.textContent = formats[style].format(new Date(time.dateTime));
      time.lang = language;
    } catch {}
  };
  const ago = (at, age) => {
    const minutes = Math.floor(age / minute);
    let words = minutes + " min ago";
    try {
      words = new Intl.RelativeTimeFormat(language, { style: s, numeric: "auto" }).format(-minutes, "minute");
    } catch {}
    const span = d.createElement("span");
    span.className = "ago";
    span.dataset.at = at;
    span.append(words);
    return span;
  };

  // Whether the parser has left an element, which on a slow line it may be in the middle of.
  const isLeft = (node) => d.readyState !== "loading" || (node && (node.nextSibling || isLeft(node.parentNode)));
  // Times in the reader's own words before they are first seen.
  const fill = () => {
    for (const time of d.querySelectorAll("time[data-as]")) {
      if (!isLeft(time)) continue;
      let style = time.dataset.as;
      const at = Date.parse(time.dateTime), age = now - at;
      if (time.closest(".post-line,.event-time") && age >= -60 * minute && age <= 720 * minute) style = "c";
      write(time, style);
      delete time.dataset.as;
      const link = time.closest(".post-time");
      if (link && age >= 0 && age < 60 * minute) link.after(" ", ago(at, age));
    }
    // By way of the element's style: the page's policy forbids the attribute.
    for (const image of d.querySelectorAll("img[data-color]:not([style])")) image.style = "--tint:" + image.dataset.color;
    const day = d.querySelector(".masthead-day:empty");
    if (day) {
      const time = d.createElement("time");
      time.dateTime = new Date(now).toISOString();
      write(time, "w");
      day.append(time);
    }
  };
  const watch = new MutationObserver(fill);
  watch.observe(d, { childList: true, subtree: true });
  d.addEventListener("DOMContentLoaded", () => {
    watch.disconnect();
    fill();
    // The app has the browser leave the place to it; until it is here, this is where the reader was.
    const top = history.state?.["dateline-scroll"];
    if (top > 0) {
      whole();
      shell().className = "whole";
      w.scrollTo(0, top);
    }
  });

  // Presses of buttons that the app will answer, and whether the reader has moved.
  const all = (root, what) => [...root.querySelectorAll(what)];
  const shell = () => d.getElementById("shell");
  // The app may have one more of them, or one less, so that each is known by where it is and what it says, and by which
  // of several that say the same it is. One that is not found is better forgotten than taken for another.
  const says = (one) =>
    one.closest("article[id]")?.id + one.getAttribute("aria-label") + (one.querySelector("summary") ?? one).textContent;
  const like = (root, what, words) => all(root, what).filter((one) => says(one) === words);
  const mark = (what, one) => [says(one), like(shell(), what, says(one)).indexOf(one)];
  const marked = (root, what, [words, at]) => like(root, what, words)[at];
  const pressed = [];
  let moved = false;
  // The button that a finger is on, which may be lifted only when another stands there.
  let held = null;
  const buttonOf = (event) => {
    const button = event.target.closest?.("#shell button");
    return button && mark("button", button);
  };
  const press = (event) => {
    const button = buttonOf(event);
    if (button) pressed.push(button);
  };
  const move = (event) => {
    moved = true;
    held = event.type === "pointerdown" ? buttonOf(event) : null;
  };
  const lifts = ["pointerup", "pointercancel"];
  const moves = ["wheel", "touchmove", "keydown", "pointerdown", ...lifts];
  d.addEventListener("click", press);
  moves.forEach((name) => w.addEventListener(name, move, { passive: true }));

  // The way to an element, and back. Texts are found by their place in the text of their element, because a parser
  // joins what the app has in pieces.
  const wayTo = (element) => {
    const way = [];
    const root = shell();
    for (let at = element; at && at !== root; at = at.parentElement) {
      if (!at.parentElement) return null;
      way.unshift([...at.parentElement.children].indexOf(at));
    }
    return way;
  };
  const follow = (root, way) => way?.reduce((at, step) => at?.children[step], root);
  const letter = (node, offset) => {
    const element = node.nodeType === 3 ? node.parentElement : node;
    if (!shell().contains(element)) return null;
    const range = d.createRange();
    range.setStart(element, 0);
    range.setEnd(node, offset);
    return [wayTo(element), range.toString().length];
  };
  const find = (root, [way, count]) => {
    const element = follow(root, way);
    if (!element) return null;
    const texts = d.createTreeWalker(element, 4);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (count <= text.length) return [text, count];
      count -= text.length;
    }
    return [element, 0];
  };

  w.datelineTakeOver = (root) => {
    const old = shell();
    const active = d.activeElement;
    const focus = old.contains(active) && active !== old ? [wayTo(active), active.localName] : null;
    const selection = d.getSelection();
    const ends = selection.isCollapsed
      ? null
      : [
          [selection.anchorNode, selection.anchorOffset],
          [selection.focusNode, selection.focusOffset],
        ].map((end) => letter(...end));
    for (const details of all(old, "details")) {
      const same = marked(root, "details", mark("details", details));
      if (same) same.open = details.open;
    }
    const wide = all(old, "[role=region]").map((region) => region.scrollLeft);
    // What is in the cache is on the page in the same frame.
    const images = all(root, "img").map((image) => {
      const was = image.decoding;
      image.decoding = "sync";
      return [image, was];
    });
    const buttons = pressed.map((button) => marked(root, "button", button));
    const under = held && marked(root, "button", held);
    const focused = follow(root, focus?.[0]);
    const found = ends?.every(Boolean) ? ends.map((end) => find(root, end)) : null;
    const scrolling = all(root, "[role=region]");

    old.replaceWith(...root.childNodes);
    d.documentElement.lang = "en";
    d.documentElement.removeAttribute("dir");
    d.body.removeAttribute("lang");
    d.body.removeAttribute("dir");
    scrolling.forEach((region, at) => {
      // To set it would have the whole page laid out here and now.
      if (wide[at]) region.scrollLeft = wide[at];
    });
    if (focused?.localName === focus?.[1]) focused?.focus({ preventScroll: true });
    if (found?.every(Boolean)) selection.setBaseAndExtent(...found[0], ...found[1]);
    requestAnimationFrame(() =>
      images.forEach(([image, was]) => {
        image.decoding = was;
      }),
    );
    // The browser makes no click of what went down on one element and up on another.
    const lift = (event) => {
      lifts.forEach((name) => w.removeEventListener(name, lift));
      if (event.type === "pointerup" && under.contains(event.target)) under.click();
    };
    if (under) lifts.forEach((name) => w.addEventListener(name, lift));
    d.removeEventListener("click", press);
    moves.forEach((name) => w.removeEventListener(name, move));
    // Its own listener is there; what it does may want the app to have settled.
    setTimeout(() => buttons.forEach((button) => button?.click()));
    return moved;
  };
})(document, window);
