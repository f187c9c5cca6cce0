// The service worker: lets the newspaper open, and be read, without a network. docs/decisions/008-offline.md has the
// reasons. This file is served as it is; only the three constants below are filled in.
//
// Request                Answer
// a story's page         from the cache at once; the network's answer is kept for the next time, and the tab hears of it
// another page           from the network within PATIENCE, else the last copy of the page, else the shell
// a file of the shell    from the cache: its name has the hash of its content
// an edition, a story    from the network within PATIENCE, else the last copy
// older posts            from the cache: their names have hashes too
// a picture              from the cache, which has the newest MOST_PICTURES
// anything else          left to the browser
//
// What the reader saved is in a cache of its own. Only the reader removes anything there (`sw-saved.js`).

// Written by `desk publish`: the version, the module that its pages name, and the shell's files with the integrity hash
// of each. (The page has none: hosts may add to it.) Trunk copies this file without a list. Then the shell is the front
// page and the files that it names, and it is fetched again whenever a tab starts.
const VERSION = "";
const MODULE = "";
const SHELL = [];

const PATIENCE = 3_000;
// Once the network was late, requests wait only this long until it has answered.
const PATIENCE_WHEN_SLOW = 300;
const LAST_PATIENCE = 30_000;
const MOST_PAGES = 60;
const MOST_NEWS = 400;
const MOST_PICTURES = 200;

// Two publications may share an origin, so each cache is named after its publication's folder. A path has no spaces, so
// no name is a prefix of another.
const SCOPE = new URL(registration.scope).pathname;
const name = (kind) => `dateline-${kind} ${SCOPE}`;
const PAGES = `${name("pages")} ${VERSION}`;
const SHELL_FILES = `${name("shell")} ${VERSION}`;
const [NEWS, PICTURES, SAVED] = ["news", "pictures", "saved"].map(name);
const SHELL_PAGE = SHELL.length ? `${SCOPE}shell/` : SCOPE;

const isHtml = (answer) => (answer.headers.get("content-type") ?? "").includes("html");
// 206 is a partial answer, and an opaque one may be anything: neither is kept.
const isFile = (answer) => answer.status === 200 && answer.type !== "opaque" && !isHtml(answer);
const absolute = (path) => new URL(path, registration.scope).href;
const pathOf = (address) => (address.startsWith(registration.scope) ? address.slice(registration.scope.length) : "");
const addressOf = ({ origin, pathname }) => origin + pathname;
const isPage = (path) => /(^|\/)[^./]*$/.test(path) || path.endsWith(".html");
// `ignoreVary`: hosts name headers in `Vary` that do not matter for these files. If the caches are broken, nothing is
// kept, and the network answers.
const nothing = () => undefined;
const after = (millis, value) => new Promise((resolve) => setTimeout(resolve, millis, value));
const find = (cache, address) => caches.open(cache).then((open) => open.match(address, { ignoreVary: true })).catch(nothing);
const drop = (cache, address) => caches.open(cache).then((open) => open.delete(address)).catch(nothing);
const findAnywhere = (address) => caches.match(address, { ignoreVary: true }).catch(nothing);

const SHELL_FILE = /^[^/]*-[0-9a-f]{8,}[^/]*\.(js|css|wasm|svg)$/;
// The same in the text of a page.
const NAMED = /[^\s"'/]+-[0-9a-f]{8,}[^\s"'/]*\.(?:js|css|wasm|svg)\b/g;
const NEWS_FILE = /^edition\/.*\.json$/;
const OLDER_POSTS = /^edition\/stories\/[^/]+\/[^/]+\.json$/;
const STORY_PAGE = /^story\/([^/]+)\/$/;
const STORY_IN_PAGE = /<script type="application\/json" id="dateline-story">([^]*?)<\/script>/;
// Some hosts' caches append a comment to a file; the app ignores it, too.
const LAST_COMMENT = /<!--(?:(?!<!--)[^])*-->\s*$/;
const STORY = /^edition\/stories\/([^/]+?)(?:\.json|\/[^/]+\.json)$/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));

// Stores the whole shell or nothing: if a file fails, so does the installation, and the old version stays.
async function install() {
  const page = await takeShellPage();
  const list = SHELL.length ? SHELL : named(await page[1].clone().text()).map((path) => [path]);
  const files = [page, ...(await Promise.all(list.map(take)))];
  const cache = await caches.open(SHELL_FILES);
  await Promise.all(files.map(([address, answer]) => cache.put(address, answer)));
  // Without a list, files of an earlier build may be left.
  const addresses = files.map(([address]) => address);
  const others = (await cache.keys()).filter(({ url }) => !addresses.includes(url));
  await Promise.all(others.map((key) => cache.delete(key)));
}

const named = (page) => [...new Set(page.match(NAMED))];
// A page that names no module is not ours, but a login page, say.
const isOfThisVersion = (page) => (MODULE ? page.includes(MODULE) : named(page).some((path) => path.endsWith(".wasm")));

async function take([path, integrity]) {
  const address = absolute(path);
  const known = await findAnywhere(address);
  if (known) return [address, known];
  // The browser refuses content with another hash: half a file, another version's, a login page. Its own cache may have
  // such a file, and for a year; then the host is asked.
  const answer = await fetchWhole(address, { integrity }).catch(() => fetchWhole(address, { integrity, cache: "reload" }));
  if (!isFile(answer)) throw new Error(`${address} answers ${answer.status}, ${answer.headers.get("content-type")}`);
  return [address, answer];
}

// An answer, once all of it is here. (Firefox gives one whose hash it has not compared yet.)
async function fetchWhole(address, options) {
  const answer = await fetch(address, options);
  await answer.clone().arrayBuffer();
  return answer;
}

// The page for any address. Its base is made absolute, because addresses have any depth.
async function takeShellPage() {
  const answer = await fetch(SHELL_PAGE, { cache: "no-cache" });
  const text = await answer.text();
  if (!answer.ok || !isHtml(answer) || !isOfThisVersion(text)) throw new Error(`${SHELL_PAGE} is not of version ${VERSION}`);
  const headers = new Headers(answer.headers);
  // The text is decompressed now, and its length differs.
  ["content-encoding", "content-length"].forEach((header) => headers.delete(header));
  return [absolute(SHELL_PAGE), new Response(text.replace(/<base href="[^"]*"/, `<base href="${SCOPE}"`), { headers })];
}

// Fetches shell files again that the browser has evicted, if the host still has this version; without a list, all that
// the host has now.
async function mend() {
  const there = await (await caches.open(SHELL_FILES)).keys();
  if (!SHELL.length || there.length <= SHELL.length) await install();
}

async function activate() {
  await tidy(0);
  // The browser requests a page while the worker is still starting.
  await registration.navigationPreload?.enable();
  await clients.claim();
}

// Removes the files of older versions, unless there are more than `tabs` tabs: one of them may run an older version,
// whose files the host no longer has. A tab that has just started calls this with 1.
async function tidy(tabs) {
  const old = (key) => ["pages", "shell"].some((kind) => key.startsWith(`${name(kind)} `)) && !key.endsWith(` ${VERSION}`);
  for (const key of (await caches.keys()).filter(old)) {
    // Checked for each: a tab may have opened, or a version arrived, since the last one was deleted.
    const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
    if (open.filter((tab) => new URL(tab.url).pathname.startsWith(SCOPE)).length > tabs) return;
    if (registration.installing || registration.waiting) return;
    await caches.delete(key);
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // Only a GET changes nothing, and a range gets a partial answer: leave the others to the browser.
  if (request.method !== "GET" || request.headers.has("range")) return;
  // A poll of a live blog asks for news, so an old copy is no answer, and the browser aborts it when the tab does. The
  // tab reports what it has loaded (`loaded`).
  if (request.headers.has("dateline-news")) return;
  const own = url.origin === location.origin && url.pathname.startsWith(SCOPE);
  const path = own ? url.pathname.slice(SCOPE.length) : "";
  if (request.mode === "navigate") {
    if (own && isPage(path)) event.respondWith(page(event, url));
  } else if (request.destination === "image") {
    const kept = async () => (await find(PICTURES, url)) ?? findSaved(url.href);
    event.respondWith(cacheFirst(event, kept(), (answer) => keepPicture(url.href, answer)));
  } else if (SHELL_FILE.test(path)) {
    // From any version: the hash in the name says what it is.
    event.respondWith(cacheFirst(event, findAnywhere(url), nothing));
  } else if (OLDER_POSTS.test(path)) {
    const kept = async () => (await find(NEWS, url)) ?? find(SAVED, url);
    event.respondWith(cacheFirst(event, kept(), (answer) => keepNews(url.href, answer)));
  } else if (NEWS_FILE.test(path)) event.respondWith(news(event));
});

let slow = false;

// The network's answer if it comes in time and `check` accepts it; else the copy from `kept`; else the network's answer,
// whenever it comes. If it comes after the copy was sent, the tab that asked is told.
async function networkFirst(event, network, check, kept) {
  const checked = network.then(async (answer) => ({ answer, good: await check(answer) }));
  event.waitUntil(checked.then(() => (slow = false), () => {}));
  const late = after(slow ? PATIENCE_WHEN_SLOW : PATIENCE, { late: true });
  const first = await Promise.race([checked.catch(() => ({})), late]);
  if (first.good) return first.answer;
  if (first.late) {
    slow = true;
    const tell = async ({ good }) => good && (await clients.get(event.clientId))?.postMessage(asText("came"));
    event.waitUntil(checked.then(tell, () => {}));
  }
  return (await kept(first.answer?.status)) ?? network;
}

async function cacheFirst(event, kept, check) {
  const copy = await kept;
  if (copy) return copy;
  const answer = await fetch(event.request);
  event.waitUntil(Promise.resolve(check(answer.clone())).catch(nothing));
  return answer;
}

const isGone = (status) => status === 404 || status === 410;

async function page(event, url) {
  const address = addressOf(url);
  const early = Promise.resolve(event.preloadResponse);
  const copy = isAnew(event.request) ? undefined : await article(address).catch(nothing);
  if (copy) {
    renewed.set(address, renew(address, early, copy.story).catch(nothing));
    event.waitUntil(renewed.get(address));
    return copy.answer;
  }
  renewed.delete(address);
  const network = early.then((answer) => answer ?? fetch(event.request));
  const check = async (answer) => {
    if (answer.ok && isHtml(answer)) event.waitUntil(keepPage(address, answer.clone()).catch(nothing));
    // The browser follows redirects.
    return answer.ok || answer.type === "opaqueredirect";
  };
  const kept = async (status) => (!isGone(status) && (await find(PAGES, address))) || find(SHELL_FILES, SHELL_PAGE);
  return networkFirst(event, network, check, kept);
}

// A reload asks for the network's answer. (WebKit and Firefox do not mark reloads here; the tab knows.)
const isAnew = ({ cache, isReloadNavigation }) => isReloadNavigation || cache === "no-cache" || cache === "reload";

// The last copy of a story's page, with the story in it. Not for a live blog: readers want its latest state.
async function article(address) {
  const answer = STORY_PAGE.test(pathOf(address)) && (await find(PAGES, address));
  const [, story] = (answer && STORY_IN_PAGE.exec(await answer.clone().text())) || [];
  return story && !JSON.parse(story).live && { answer, story };
}

// For each page that came from the cache, what its tab has to know: that the story is gone, or its new content if that
// differs. Keyed by address, because in WebKit the tab's id is different later.
const renewed = new Map();

async function renew(address, early, was) {
  // WebKit drops the preload once the tab has its page; its promise then never settles.
  const answer = (await Promise.race([early, after(PATIENCE)])) ?? (await fetch(address));
  if (isGone(answer.status)) {
    const [, id] = STORY_PAGE.exec(pathOf(address));
    await Promise.all([drop(PAGES, address), drop(NEWS, absolute(`edition/stories/${id}.json`))]);
    return ["gone"];
  }
  const story = answer.ok && !answer.redirected && isHtml(answer) && (await keepPage(address, answer));
  return story && story !== was && ["renewed", { story }];
}

// Keeps a page, but only of this version: the files of another one may be gone when they are needed. (Without a list,
// each page is the shell.) The story in it is kept as well, because no tab requests its file. Returns that story.
async function keepPage(address, answer) {
  const text = await answer.clone().text();
  const [, story] = STORY_IN_PAGE.exec(text) ?? [];
  const [, id] = STORY_PAGE.exec(pathOf(address)) ?? [];
  if (story && id) await keepNews(absolute(`edition/stories/${id}.json`), asJson(story), { ofPage: true });
  if (MODULE && text.includes(MODULE)) await put(PAGES, address, answer, MOST_PAGES);
  return story;
}

function news(event) {
  const { request } = event;
  const kept = async (status) => {
    // A story that its publisher took back is gone, except for readers who saved it.
    if (isGone(status)) await drop(NEWS, request.url);
    return (await find(NEWS, request.url)) ?? find(SAVED, request.url);
  };
  // A worker is not told when the tab gives up, and browsers let the next request for the same file wait for this one.
  const network = fetch(request, { signal: AbortSignal.timeout(LAST_PATIENCE) });
  return networkFirst(event, network, (answer) => keepNews(request.url, answer.clone()), kept);
}

// The header tells the tab that this is a copy.
const asJson = (text) => new Response(text, { headers: { "content-type": "application/json", "dateline-kept": "1" } });

// A file of the edition, if it is one: complete JSON with a version, and for a story, that story's id.
function parsed(address, text) {
  try {
    const file = JSON.parse(text.replace(LAST_COMMENT, ""));
    const path = pathOf(address);
    const [, story] = (!OLDER_POSTS.test(path) && STORY.exec(path)) || [];
    const isOwn = !story || String(file.id) === story;
    return typeof file.version === "number" && isOwn ? file : undefined;
  } catch {
    return undefined;
  }
}

// Keeps a copy of a file of the edition, and a second one if the story is saved. Returns whether it is such a file, even
// if there was no room for it. A live blog in a page never replaces a newer copy.
async function keepNews(address, answer, { ofPage = false, failed = nothing } = {}) {
  if (!isFile(answer)) return false;
  const text = await answer.text();
  const file = parsed(address, text);
  if (!file) return false;
  if (ofPage && file.live) {
    const known = parsed(address, (await (await find(NEWS, address))?.text()) ?? "");
    if (known?.live?.revision > file.live.revision) return true;
  }
  await put(NEWS, address, asJson(text), MOST_NEWS).catch(nothing);
  const [, story] = STORY.exec(pathOf(address)) ?? [];
  if (story && (await find(SAVED, listOf(story)))) await save(address, () => asJson(text)).catch(failed);
  return true;
}

const keepPicture = async (address, answer) => isFile(answer) && put(PICTURES, address, answer, MOST_PICTURES);

// Keeps an answer, and only the newest `most` in that cache.
async function put(cacheName, address, answer, most = Infinity) {
  const cache = await caches.open(cacheName);
  await cache.put(address, answer);
  if (most === Infinity) return;
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

// The orders of tabs, above all to save stories.
importScripts(`sw-saved.js?${VERSION}`);
