// Loads the app on a published page. It is inline in the head of each page and allowed by its hash. What the app needs
// waits in a template before it.
((d, w) => {
  // In milliseconds.
  const FAST = 250, LATEST = 500;
  // With a service worker, the app is on the device and costs no network.
  const isHere = w.navigator.serviceWorker?.controller;
  let has = false;
  const load = () => {
    if (has) return;
    has = true;
    const app = d.importNode(d.querySelector("template[data-app]").content, true);
    const add = (which) => d.head.append(...app.querySelectorAll(which));
    // The module takes longest, so it is requested first. A request takes a slow phone several milliseconds, so the
    // rest waits for the first frame.
    add("[rel=preload]");
    const start = () => add("script");
    const follow = () => {
      add("link");
      // The app reads the story at the end of the page.
      if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start);
      else start();
    };
    // A hidden tab has no frames.
    if (d.hidden) follow();
    else w.requestAnimationFrame(() => w.setTimeout(follow));
  };
  // If the connection is so slow that this script runs late, the app is requested together with the rest of the page.
  // Otherwise the page comes first, and its pictures if they come soon.
  if (w.performance.now() > FAST || isHere) return load();
  // Two frames after the last picture, and once the first frame is on the screen.
  const seen = () => new PerformanceObserver(load).observe({ type: "paint", buffered: true });
  w.addEventListener("load", () => w.requestAnimationFrame(() => w.requestAnimationFrame(seen)));
  w.setTimeout(load, LATEST);
})(document, window);
