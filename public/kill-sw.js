// The kill switch. Put this in the place of `sw.js` on the host (`cp kill-sw.js sw.js`), and every reader's
// service worker takes itself away the next time they come, with all that it cached. What readers have saved
// stays, and is found again once there is a `sw.js` of any later build. See docs/hosting.md.
const SCOPE = new URL(registration.scope).pathname;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(end()));

async function end() {
  // Their names are `dateline-kind /folder/ version`.
  const isOwn = (name) => /^dateline-(shell|pages|news|pictures) /.test(name) && name.split(" ")[1] === SCOPE;
  await Promise.all((await caches.keys()).filter(isOwn).map((name) => caches.delete(name)));
  await registration.unregister();
}
