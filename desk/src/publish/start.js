// Loads the app on a published page. It stands in the head of each page, after what the app needs, which waits in a
// template, and is allowed by its hash.
((d, w) => {
  // In milliseconds.
  const FAST = 250, LATEST = 500;
  // What the service worker has on the device costs no network.
  const isHere = w.navigator.serviceWorker?.controller;
  let has = false;
  const load = () => {
    if (has) return;
    has = true;
    const app = d.importNode(d.querySelector("template[data-app]").content, true);
    const add = (which) => d.head.append(...app.querySelectorAll(which));
    // The module takes longest, so it is asked for first. To ask for a file takes a slow phone several milliseconds, so
    // the glue waits for the first frame.
    add("[rel=preload]");
    const start = () => add("script");
    const follow = () => {
      add("link");
      // The app reads what stands at the end of the page.
      if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start);
      else start();
    };
    // A tab behind others has no frames.
    if (d.hidden) follow();
    else w.requestAnimationFrame(() => w.setTimeout(follow));
  };
  // On a line that is so slow that this script comes late, the app is asked for together with the rest of the page.
  // Otherwise the page is seen first, with its pictures, where they come soon.
  if (w.performance.now() > FAST || isHere) return load();
  // With the frames of the pictures that came last, and once the first frame is on the screen.
  const seen = () => new PerformanceObserver(load).observe({ type: "paint", buffered: true });
  w.addEventListener("load", () => w.requestAnimationFrame(() => w.requestAnimationFrame(seen)));
  w.setTimeout(load, LATEST);
})(document, window);
