// The kill switch. Put this in the place of `sw.js` on the host (`cp kill-sw.js sw.js`), and on their next visit every
// reader's service worker removes itself and all that it cached. Saved stories stay, and the `sw.js` of any later build
// finds them again. See docs/hosting.md.
const SCOPE = new URL(registration.scope).pathname;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(end()));

async function end() {
  // The caches' names are `dateline-kind /folder/ version`.
  const isOwn = (name) => /^dateline-(shell|pages|news|pictures) /.test(name) && name.split(" ")[1] === SCOPE;
  await Promise.all((await caches.keys()).filter(isOwn).map((name) => caches.delete(name)));
  await registration.unregister();
}
