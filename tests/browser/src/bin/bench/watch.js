// Runs before the page's own scripts, and records when the story can be read and when its button works. It looks once a
// frame, in the same way for every reader. `needle` is the beginning of a paragraph, `button` the name of the button and
// `done` its name after it was pressed; without `done`, a message appears beside it.
(() => {
  const { needle, button, done } = SOUGHT;
  const bench = { readable: 0, ready: 0, pressed: 0, first: 0, largest: 0, shift: 0, shifted: [], long: [] };
  window.bench = bench;

  const observe = (type, note) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe("layout-shift", (it) => {
    // A press may shift its own line. (To Chromium, a script's click is not an input that would excuse the shift.)
    const inLine = ({ node }) => node?.parentElement?.closest(".story-times");
    if (it.hadRecentInput || (bench.pressed && it.sources.every(inLine))) return;
    bench.shift += it.value;
    const name = ({ node }) => (node?.className ? `.${node.className}` : (node?.nodeName ?? "what is gone"));
    bench.shifted.push(`${it.value.toFixed(4)} at ${Math.round(it.startTime)} ms: ${it.sources.map(name).join(", ")}`);
  });
  observe("longtask", (it) => bench.long.push([it.startTime, it.duration]));
  observe("largest-contentful-paint", (it) => (bench.largest = it.startTime));
  observe("paint", (it) => {
    if (it.name === "first-contentful-paint") bench.first = it.startTime;
  });

  const all = (what) => [...document.querySelectorAll(what)];
  const named = (name) => all("button").find((it) => it.textContent.trim() === name);
  const canBeRead = () => all("p").some((it) => it.textContent.startsWith(needle) && it.getClientRects().length > 0);
  const works = () => (done ? named(done) : all(".share [role=status]").some((it) => it.textContent.trim() !== ""));

  // Runs after the current frame was painted.
  const painted = (note) => {
    const after = new MessageChannel();
    after.port1.onmessage = () => note(performance.now());
    after.port2.postMessage(0);
  };
  requestAnimationFrame(function look() {
    if (!bench.readable && canBeRead()) {
      bench.readable = -1;
      painted((now) => (bench.readable = now));
    }
    // Pressed once, as soon as it is visible: a press before the app is there must not be lost.
    if (bench.readable && !bench.pressed) {
      const found = named(button);
      if (found) {
        bench.pressed = performance.now();
        found.click();
      }
    } else if (bench.pressed && !bench.ready && works()) {
      bench.ready = performance.now();
    }
    if (!bench.ready) requestAnimationFrame(look);
  });
})();
