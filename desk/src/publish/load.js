// Has the app come to a published page. It stands in the head of each, after what it has to fetch, and is allowed by its
// hash.
((d, w) => {
  // In milliseconds.
  const FAST = 250, LATEST = 500;
  // What is on the device takes nothing from anybody.
  const isHere = w.navigator.serviceWorker?.controller;
  let has = false;
  const load = () => {
    if (has) return;
    has = true;
    const app = d.createDocumentFragment();
    // What all pages need stands last.
    for (const part of [...d.querySelectorAll("template[data-app]")].reverse()) app.append(d.importNode(part.content, true));
    const add = (which) => d.head.append(...app.querySelectorAll(which));
    // The slow line is the module's: it is what comes last. To ask for a file takes a slow phone several milliseconds, so
    // that glue waits for the first frame; and parts for the edition, which is small: what is asked for then comes
    // when the module is through, and does not share the line with it.
    add("[data-parts]");
    if (!isHere) {
      const edition = app.querySelector("[href^=edition]");
      edition.onload = edition.onerror = () => add("link:not([rel=modulepreload])");
      d.head.append(edition);
    }
    const start = () => add("script");
    const follow = () => {
      add(isHere ? "link" : "[rel=modulepreload]");
      // The app reads what stands at the end of the page.
      if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start);
      else start();
    };
    // A tab that is behind others has no frames.
    if (d.hidden) follow();
    else w.requestAnimationFrame(() => w.setTimeout(follow));
  };
  // On a line that is so slow that this here comes late, the app is asked for in the same go as the rest of the page. Else
  // the page is seen first, its pictures too, where they come soon.
  if (w.performance.now() > FAST || isHere) return load();
  // With the frames of the pictures that have come last, and once the first frame is on the screen.
  const seen = () => new PerformanceObserver(load).observe({ type: "paint", buffered: true });
  w.addEventListener("load", () => w.requestAnimationFrame(() => w.requestAnimationFrame(seen)));
  w.setTimeout(load, LATEST);
})(document, window);
