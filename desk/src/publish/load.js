// Has the app come to a published page. It stands in the head of each, after what it has to fetch, and is allowed by its
// hash.
((d, w) => {
  // In milliseconds.
  const FAST = 250, LATEST = 500;
  let has = false;
  const load = () => {
    if (has) return;
    has = true;
    const app = d.createDocumentFragment();
    for (const part of d.querySelectorAll("template[data-app]")) app.append(d.importNode(part.content, true));
    d.head.append(...app.querySelectorAll("link"));
    // The app reads what stands at the end of the page.
    const start = () => d.head.append(app);
    if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start);
    else start();
  };
  // On a line that is so slow that this here comes late, the app is asked for in the same go as the rest of the page; and
  // what is on the device takes nothing from anybody. Else the page is seen first, its pictures too, where they
  // come soon.
  if (w.performance.now() > FAST || w.navigator.serviceWorker?.controller) return load();
  w.addEventListener("load", load);
  w.setTimeout(load, LATEST);
})(document, window);
