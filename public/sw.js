// The service worker: what lets the newspaper open, and go on, without a network. docs/decisions/008-offline.md
// says why it is as it is. It is served as it stands here; nothing builds it but the three lines below.
//
// What is asked for      is answered
// a page of a story      from the cache at once; the network's answer is for the next time, and the tab is told of it
// another page           by the network within PATIENCE, else by the page as it was last, else by the shell
// a file of the shell    from the cache: its name holds the hash of its content
// an edition, a story    by the network within PATIENCE, else by the last copy
// older posts            from the cache: their names hold hashes too
// a picture              from the cache; the newest MOST_PICTURES are kept
// anything else          by the browser, as if this were not here
//
// What the reader saved is in a cache of its own, which nothing takes from but their word (`sw-saved.js`).

// Written by `desk publish`: which version this is, the module that its pages name, and the shell's files,
// each with what its content has to be. (The page has no hash: hosts may add to it.) Trunk copies this file with no list:
// then the shell is the front page and the files that it names, and is taken again whenever a tab starts.
const VERSION = "";
const MODULE = "";
const SHELL = [];

const PATIENCE = 3_000;
// Once the network was late, nobody waits this long for it again until it has answered.
const PATIENCE_WHEN_SLOW = 300;
const LAST_PATIENCE = 30_000;
const MOST_PAGES = 60;
const MOST_NEWS = 400;
const MOST_PICTURES = 200;

// Two publications may share an origin: each cache has the name of the folder that it belongs to. A path has
// no spaces, so that no name begins another.
const SCOPE = new URL(registration.scope).pathname;
const name = (kind) => `dateline-${kind} ${SCOPE}`;
const PAGES = `${name("pages")} ${VERSION}`;
const SHELL_FILES = `${name("shell")} ${VERSION}`;
const [NEWS, PICTURES, SAVED] = ["news", "pictures", "saved"].map(name);
const SHELL_PAGE = SHELL.length ? `${SCOPE}shell/` : SCOPE;

const isHtml = (answer) => (answer.headers.get("content-type") ?? "").includes("html");
// 206 is a part, and an opaque answer may be anything: neither is kept as a picture or a file.
const isFile = (answer) => answer.status === 200 && answer.type !== "opaque" && !isHtml(answer);
const absolute = (path) => new URL(path, registration.scope).href;
const pathOf = (address) => (address.startsWith(registration.scope) ? address.slice(registration.scope.length) : "");
const addressOf = ({ origin, pathname }) => origin + pathname;
const isPage = (path) => /(^|\/)[^./]*$/.test(path) || path.endsWith(".html");
// Hosts vary their answers by headers that have no part in what these files are. Where the caches are broken, nothing
// is kept, and the network answers.
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
// Some hosts' caches put one behind a file; the app reads past it, too.
const LAST_COMMENT = /<!--(?:(?!<!--)[^])*-->\s*$/;
const STORY = /^edition\/stories\/([^/]+?)(?:\.json|\/[^/]+\.json)$/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));

// All of the shell or nothing: where a file fails, so does the installation, and the version before stays.
async function install() {
  const page = await takeShellPage();
  const list = SHELL.length ? SHELL : named(await page[1].clone().text()).map((path) => [path]);
  const files = [page, ...(await Promise.all(list.map(take)))];
  const cache = await caches.open(SHELL_FILES);
  await Promise.all(files.map(([address, answer]) => cache.put(address, answer)));
  // Without a list, what an earlier build left.
  const addresses = files.map(([address]) => address);
  const others = (await cache.keys()).filter(({ url }) => !addresses.includes(url));
  await Promise.all(others.map((key) => cache.delete(key)));
}

const named = (page) => [...new Set(page.match(NAMED))];
// A page that names no module is none of ours: a log-in page, say.
const isOfThisVersion = (page) => (MODULE ? page.includes(MODULE) : named(page).some((path) => path.endsWith(".wasm")));

async function take([path, integrity]) {
  const address = absolute(path);
  const known = await findAnywhere(address);
  if (known) return [address, known];
  // The browser itself refuses a file with another hash: a half, another version's, a log-in page. Where its own cache
  // has such a file, it may have that for a year: then the host is asked.
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

// The page that shows any address. Its base is fixed, since it is shown under addresses of any depth.
async function takeShellPage() {
  const answer = await fetch(SHELL_PAGE, { cache: "no-cache" });
  const text = await answer.text();
  if (!answer.ok || !isHtml(answer) || !isOfThisVersion(text)) throw new Error(`${SHELL_PAGE} is not of version ${VERSION}`);
  const headers = new Headers(answer.headers);
  // The text is no longer packed, nor as long.
  ["content-encoding", "content-length"].forEach((header) => headers.delete(header));
  return [absolute(SHELL_PAGE), new Response(text.replace(/<base href="[^"]*"/, `<base href="${SCOPE}"`), { headers })];
}

// Takes anew what the browser has cleared away of the shell, if the host still has this version; and without a list,
// what the host has now.
async function mend() {
  const there = await (await caches.open(SHELL_FILES)).keys();
  if (!SHELL.length || there.length <= SHELL.length) await install();
}

async function activate() {
  await tidy(0);
  // The network is asked for a page while this here still starts.
  await registration.navigationPreload?.enable();
  await clients.claim();
}

// Takes away older versions' files, unless there are more tabs than that: one of those may still be running an
// older version, whose files the host no longer has. Called with 1 by a tab that has just started.
async function tidy(tabs) {
  const old = (key) => ["pages", "shell"].some((kind) => key.startsWith(`${name(kind)} `)) && !key.endsWith(` ${VERSION}`);
  for (const key of (await caches.keys()).filter(old)) {
    // Looked at anew for each: a tab may have opened, or a version come, since the last one went.
    const open = await clients.matchAll({ type: "window", includeUncontrolled: true });
    if (open.filter((tab) => new URL(tab.url).pathname.startsWith(SCOPE)).length > tabs) return;
    if (registration.installing || registration.waiting) return;
    await caches.delete(key);
  }
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  // What is no GET changes something, and a range is answered with a part: both are the browser's.
  if (request.method !== "GET" || request.headers.has("range")) return;
  // Who follows the news wants to hear whether there is any: for them an old copy is no answer, and where they give
  // up, so does the browser. They tell when something has come (`loaded`).
  if (request.headers.has("dateline-news")) return;
  const own = url.origin === location.origin && url.pathname.startsWith(SCOPE);
  const path = own ? url.pathname.slice(SCOPE.length) : "";
  if (request.mode === "navigate") {
    if (own && isPage(path)) event.respondWith(page(event, url));
  } else if (request.destination === "image") {
    const kept = async () => (await find(PICTURES, url)) ?? findSaved(url.href);
    event.respondWith(cacheFirst(event, kept(), (answer) => keepPicture(url.href, answer)));
  } else if (SHELL_FILE.test(path)) {
    // Of whichever version it is: the hash in its name says what it is.
    event.respondWith(cacheFirst(event, findAnywhere(url), nothing));
  } else if (OLDER_POSTS.test(path)) {
    const kept = async () => (await find(NEWS, url)) ?? find(SAVED, url);
    event.respondWith(cacheFirst(event, kept(), (answer) => keepNews(url.href, answer)));
  } else if (NEWS_FILE.test(path)) event.respondWith(news(event));
});

let slow = false;

// The network's answer where it comes in time and `check` finds it good; else what is kept; else the network's
// after all. Where nobody waited for it and it comes, the tab that asked is told.
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
    // A redirection is for the browser to follow.
    return answer.ok || answer.type === "opaqueredirect";
  };
  const kept = async (status) => (!isGone(status) && (await find(PAGES, address))) || find(SHELL_FILES, SHELL_PAGE);
  return networkFirst(event, network, check, kept);
}

// Who loads a page anew wants to see what the network says. (WebKit and Firefox do not tell; the tab knows.)
const isAnew = ({ cache, isReloadNavigation }) => isReloadNavigation || cache === "no-cache" || cache === "reload";

// The page of a story as it was last, with the story that stands in it; but not of live coverage, of which nobody wants
// to see anything but the latest.
async function article(address) {
  const answer = STORY_PAGE.test(pathOf(address)) && (await find(PAGES, address));
  const [, story] = (answer && STORY_IN_PAGE.exec(await answer.clone().text())) || [];
  return story && !JSON.parse(story).live && { answer, story };
}

// What a tab is to be told of the page that it was given from the cache: that the story is gone, or the story as it is now,
// where that is another one. By address: WebKit gives the tab another id at this time than later.
const renewed = new Map();

async function renew(address, early, was) {
  // WebKit lets go of what it has asked for early once the tab has its page, and never says so.
  const answer = (await Promise.race([early, after(PATIENCE)])) ?? (await fetch(address));
  if (isGone(answer.status)) {
    const [, id] = STORY_PAGE.exec(pathOf(address));
    await Promise.all([drop(PAGES, address), drop(NEWS, absolute(`edition/stories/${id}.json`))]);
    return ["gone"];
  }
  const story = answer.ok && !answer.redirected && isHtml(answer) && (await keepPage(address, answer));
  return story && story !== was && ["renewed", { story }];
}

// Only a page of this version: the files of another one may be gone when it is needed. (Without a list, each page is the
// shell.) The story that it was published with is kept as if it had been asked for, since nobody asks for it; it is what
// this gives.
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
    // What its publisher has taken back is gone, but for who saved it.
    if (isGone(status)) await drop(NEWS, request.url);
    return (await find(NEWS, request.url)) ?? find(SAVED, request.url);
  };
  // Browsers do not tell when the tab gives up, and keep the next one waiting that asks for the same.
  const network = fetch(request, { signal: AbortSignal.timeout(LAST_PATIENCE) });
  return networkFirst(event, network, (answer) => keepNews(request.url, answer.clone()), kept);
}

// The header tells the tab that this is a copy.
const asJson = (text) => new Response(text, { headers: { "content-type": "application/json", "dateline-kept": "1" } });

// What a file of ours says, if it is one: whole JSON with a version, and of a story that story's own.
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

// Keeps a copy, also for who saved that story; whether it was one. Nothing but a file of ours takes a copy's place, and
// where there is no room for it, it is one all the same. Of live coverage on a page, what came since stays.
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

// Keeps an answer, and of all in that cache only the newest.
async function put(cacheName, address, answer, most = Infinity) {
  const cache = await caches.open(cacheName);
  await cache.put(address, answer);
  if (most === Infinity) return;
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

// What tabs can ask for, above all to save stories.
importScripts(`sw-saved.js?${VERSION}`);
