// What a published page does before the app is there. It stands in the head of each page, and is allowed by its hash: no
// more of it than the first frame needs, which waits for all that stands before the words.
((d, w) => {
  // Until the first frame is on the screen, what is further down on the page is not laid out (`style/layout.css`); right
  // after it, all of it is. Whoever is sent to a place in it has it so from the beginning.
  const { classList } = d.documentElement;
  const layOut = () => classList.remove("first-frame");
  if (!w.location.hash) classList.add("first-frame");
  // The first word of `Intl` takes a slow phone 50 ms, since the browser looks through all its languages. So times whose
  // words move nothing that is in sight have theirs right after that frame, and are out of sight till then
  // (`style/layout.css`). On a narrow screen they may take a second line, which would move what follows; and a tab behind
  // others has no frames.
  let isWaiting = !d.hidden && w.matchMedia("(min-width: 22.5em)").matches;
  if (isWaiting) classList.add("untimed");
  const waitNoMore = () => {
    isWaiting = false;
    classList.remove("untimed");
  };
  w.requestAnimationFrame(() =>
    w.setTimeout(() => {
      layOut();
      w.setTimeout(() => {
        waitNoMore();
        fill();
      });
    }),
  );

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
    const times = [...d.querySelectorAll("time[data-as]")].filter(isLeft);
    // Where one has to be written at once, `Intl` is paid for.
    if (times.some((time) => !time.closest(".time-line,.teaser-time,.also-like"))) waitNoMore();
    for (const time of isWaiting ? [] : times) {
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
    if (day && !isWaiting) {
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
      layOut();
      d.getElementById("shell").className = "whole";
      w.scrollTo(0, top);
    }
  });

  // What `src/browser/takeover.rs` takes over: the buttons that were pressed, each by its `data-press`; `held`, the one that
  // a finger is on, which may be lifted only when another stands there; and whether the reader has moved.
  const button = (event) => event.target.closest?.("#shell [data-press]")?.dataset.press;
  const kept = (w.datelineEarly = { pressed: [], held: null, moved: false });
  const press = (event) => {
    const pressed = button(event);
    if (pressed) kept.pressed.push(pressed);
  };
  const move = (event) => {
    kept.moved = true;
    kept.held = event.type === "pointerdown" ? button(event) : null;
  };
  const moves = ["wheel", "touchmove", "keydown", "pointerdown", "pointerup", "pointercancel"];
  d.addEventListener("click", press);
  moves.forEach((name) => w.addEventListener(name, move, { passive: true }));
  kept.end = () => {
    d.removeEventListener("click", press);
    moves.forEach((name) => w.removeEventListener(name, move));
    delete w.datelineEarly;
  };
})(document, window);
