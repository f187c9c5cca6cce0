// What a published page does before the app is there. It is inline in the head of each page and allowed by its hash. The
// first frame waits for it, so it does only what that frame needs.
((d, w) => {
  // Content further down the page is laid out only after the first frame (`style/layout.css`), unless the address leads
  // to a place in it.
  const { classList } = d.documentElement;
  const layOut = () => classList.remove("first-frame");
  if (!w.location.hash) classList.add("first-frame");
  // The first use of `Intl` takes a slow phone 50 ms, because the browser goes through all its languages. So times whose
  // text moves nothing are written right after the first frame, and hidden until then (`style/layout.css`). Not on a
  // narrow screen, where they may wrap and move what follows, and not in a hidden tab, which has no frames.
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
  // The same formats as in `src/browser/intl.rs`, by the same letters.
  const styles = {
    f: { day: n, month: l, year: n, hour: n, minute: t, timeZoneName: s },
    w: { weekday: l, day: n, month: l, year: n },
    s: { day: n, month: s, year: n },
    c: { hour: t, minute: t },
    d: { day: n, month: s, hour: t, minute: t },
  };
  const formats = {};
  const write = (time, style) => {
    // It throws if the system's language is not a valid one ("C").
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

  // Whether the parser has finished an element. On a slow connection it may be in the middle of it.
  const isLeft = (node) => d.readyState !== "loading" || (node && (node.nextSibling || isLeft(node.parentNode)));
  // Writes times in the reader's language and zone before they are first seen.
  const fill = () => {
    const times = [...d.querySelectorAll("time[data-as]")].filter(isLeft);
    // If one of them has to be written at once, the others need not wait.
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
    // Set by script, because the page's policy forbids the `style` attribute.
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
    // The app has switched off the browser's own scroll restoration, so go to where the reader was.
    const top = history.state?.["dateline-scroll"];
    if (top > 0) {
      layOut();
      d.getElementById("shell").className = "whole";
      w.scrollTo(0, top);
    }
  });

  // For `src/browser/takeover.rs`: `pressed`, the `data-press` of each button that was pressed; `held`, the one that a
  // finger is still on, and which may be replaced before the finger is lifted; and `moved`, whether the reader has moved.
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
