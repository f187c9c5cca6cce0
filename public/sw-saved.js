// The second half of the service worker (`sw.js`): orders from tabs. Stories are saved here and not in the tab: it is
// off the main thread, and goes on when the tab is closed.
//
// A tab sends an order as JSON text, and gets replies as JSON texts at the port that comes with it
// (`src/browser/service_worker.rs`; `src/state/offline.rs` has the types):
//
// {"started":{"addresses":["…"]}}            the tab has started, and loaded these files before it had this worker;
//                                            it hears if its page was out of date: "gone", "renewed"
// {"loaded":{"addresses":["…"]}}             the tab has loaded these files past this worker: store them as well
// {"save":{"story":"a","file":"…","pictures":[["…","…"]]}}
//                                            save the story's file, and one file of each picture: its addresses, best
//                                            first, relative to the scope if ours. Replies: "progress", "failed"
// {"remove":{"story":"a"}}                   remove its saved files, except those that another saved story needs
// {"copies":{"stories":["a"]}}               how many files of each are saved? Replies: a "copy" each, 0 of 0 if not saved
// "saved-stories"                            which stories have saved files? Reply: "stories"
// "readable"                                 which stories can be read without a network? Reply: "stories"
// "sizes"                                    how much of each kind is stored? Replies: a "size" each
// {"free":{"kinds":["news"]}}                remove everything of these kinds: "pages", "news", "pictures"
// "update"                                   activate this worker, which is waiting
//
// {"progress":{"have":1,"of":3}}             {"failed":{"why":"full"}} or "failed"; the work goes on
// {"copy":{"story":"a","have":1,"of":3}}
// {"stories":{"stories":["a"]}}              {"size":{"kind":"news","count":3,"bytes":4096}}
// "unknown"                                  there is no such order here: the tab is newer than this worker
// "alive"                                    every 10 seconds, while the work goes on
// "end"                                      the last reply
//
// And unasked, to the tab itself:
// "came"                                     the network answered after a copy was sent
// "gone"                                     the story of its page was taken back
// {"renewed":{"story":"…"}}                  the current story of its page, as Dateline JSON
//
// A saved story is a list of its files, and the files. The list says what should be there, so that files that the
// browser has evicted are known and can be fetched again.

// A picture has several widths, of which one is saved; at the others' addresses is a reference to it.
async function findSaved(address) {
  const kept = await find(SAVED, address);
  const other = kept?.headers.get("dateline-see");
  return other ? find(SAVED, other) : kept;
}

addEventListener("message", (event) => {
  const { order, content, write } = readOrder(String(event.data));
  const to = (port) => (name, content) => write(name, content).forEach((text) => port?.postMessage(text));
  const [reply, tell] = [to(event.ports[0]), to(event.source)];
  const obey = Object.hasOwn(ORDERS, order) ? ORDERS[order] : () => reply("unknown");
  const work = Promise.resolve().then(() => obey(content, reply, { url: event.source?.url, tell }));
  // The tab goes on waiting while it gets these.
  const alive = setInterval(reply, 10_000, "alive");
  const failed = (error) => reply("failed", { why: why(error) });
  event.waitUntil(work.catch(failed).finally(() => (clearInterval(alive), reply("end"))));
});

// The text of an order or a reply: its name alone, or its name with what belongs to it.
const asText = (name, content) => JSON.stringify(content ? { [name]: content } : name);

// An order, what belongs to it, and how its replies are written.
function readOrder(text) {
  if (!/^["{]/.test(text)) return readLines(text);
  const write = (name, content) => [asText(name, content)];
  try {
    const parsed = JSON.parse(text);
    const [order, content] = typeof parsed === "string" ? [parsed, {}] : Object.entries(parsed)[0];
    return { order, content, write };
  } catch {
    return { order: "", content: {}, write };
  }
}

// Tabs of the version before send lines (the order, then its arguments, one a line) and understand only lines. This can
// go with the next version.
function readLines(text) {
  const [name, ...lines] = text.split("\n");
  const orders = {
    update: ["update"],
    started: ["started", { addresses: lines }],
    loaded: ["loaded", { addresses: lines }],
    keep: ["save", { story: lines[0], file: lines[1], pictures: lines.slice(2).map((line) => line.split("\t")) }],
    drop: ["remove", { story: lines[0] }],
    state: ["copies", { stories: lines }],
    lists: ["saved-stories"],
    readable: ["readable"],
    sizes: ["sizes"],
    free: ["free", { kinds: lines }],
  };
  const [order, content = {}] = Object.hasOwn(orders, name) ? orders[name] : [""];
  const replies = {
    progress: ({ have, of }) => [`${have} ${of}`],
    failed: ({ why }) => [why],
    copy: ({ story, have, of }) => [`${story} ${have} ${of}`],
    stories: ({ stories }) => (name === "lists" ? stories : [stories.join("\n")]),
    size: ({ kind, count, bytes }) => [`${kind} ${count} ${bytes}`],
    unknown: () => [],
    alive: () => ["."],
    end: () => [""],
    gone: () => ["gone"],
    renewed: ({ story }) => [story],
  };
  return { order, content, write: (name, content) => replies[name](content) };
}

const isFull = (error) => error.name === "QuotaExceededError";
const why = (error) => (isFull(error) ? "full" : "failed");

const LIST = /^saved\/(.+)\.list$/;
// The address under which a saved story's list is stored: a line for each file, with its alternatives separated by tabs,
// best first. All versions use this format.
const listOf = (story) => absolute(`saved/${story}.list`);
const filesOf = async (story) => (await (await find(SAVED, listOf(story)))?.text())?.split("\n") ?? [];
const alternatives = (file) => file.split("\t").map(absolute);

const isOwnPage = (address) => address.startsWith(registration.scope) && isPage(new URL(address).pathname.slice(SCOPE.length));

const FREE = { pages: PAGES, news: NEWS, pictures: PICTURES };

const ORDERS = {
  update: () => skipWaiting(),

  async started({ addresses }, _, tab) {
    renewed.get(addressOf(new URL(tab.url)))?.then((newer) => newer && tab.tell(...newer));
    await tidy(1).catch(nothing);
    await mend().catch(nothing);
    await ORDERS.loaded({ addresses: addresses.filter((address) => pathOf(address).startsWith("edition/") || isOwnPage(address)) });
  },

  // The files are in the browser's own cache. One that fails does not stop the others.
  async loaded({ addresses }) {
    for (const address of addresses) {
      const load = async () => {
        const answer = await fetch(address, { cache: "force-cache" });
        if (isOwnPage(address)) return answer.ok && isHtml(answer) && keepPage(addressOf(new URL(address)), answer);
        return (NEWS_FILE.test(pathOf(address)) ? keepNews : keepPicture)(address, answer);
      };
      await load().catch(nothing);
    }
  },

  // Files that are saved already stay.
  async save({ story, file, pictures }, reply) {
    await save(listOf(story), () => new Response([file, ...pictures.map((addresses) => addresses.join("\t"))].join("\n")));
    // For a live blog, also the older posts that were read.
    const news = await caches.open(NEWS).then((open) => open.keys()).catch(() => []);
    for (const { url } of news.filter(({ url }) => STORY.exec(pathOf(url))?.[1] === story)) {
      const copy = await find(NEWS, url);
      if (copy) await save(url, () => copy.clone());
    }
    const failed = (error) => reply("failed", { why: why(error) });
    await fetch(absolute(file), { cache: "no-cache" }).then((answer) => keepNews(absolute(file), answer, { failed }), nothing);
    let have = (await findSaved(absolute(file))) ? 1 : 0;
    const of = pictures.length + 1;
    for (const addresses of pictures.map((picture) => picture.map(absolute))) {
      reply("progress", { have, of });
      if ((await findSaved(addresses[0])) || (await savePicture(addresses, failed))) have += 1;
    }
    reply("progress", { have, of });
  },

  async remove({ story }) {
    const cache = await caches.open(SAVED);
    await cache.delete(listOf(story));
    const addresses = (await cache.keys()).map(({ url }) => url);
    const stories = addresses.flatMap((url) => LIST.exec(pathOf(url))?.[1] ?? []);
    const files = (await Promise.all(stories.map(filesOf))).flat().flatMap(alternatives);
    const needed = new Set([...files, ...stories.map(listOf)]);
    const isNeeded = (url) => needed.has(url) || stories.includes(STORY.exec(pathOf(url))?.[1]);
    await Promise.all(addresses.filter((url) => !isNeeded(url)).map((url) => cache.delete(url)));
  },

  async copies({ stories }, reply) {
    for (const story of stories) {
      const files = await filesOf(story);
      const there = await Promise.all(files.map((file) => findSaved(alternatives(file)[0])));
      reply("copy", { story, have: there.filter(Boolean).length, of: files.length });
    }
  },

  // Whether or not the reader still has them saved.
  async "saved-stories"(_, reply) {
    const keys = await (await caches.open(SAVED)).keys();
    reply("stories", { stories: keys.flatMap(({ url }) => LIST.exec(pathOf(url))?.[1] ?? []) });
  },

  async readable(_, reply) {
    const keys = await Promise.all([NEWS, SAVED].map(async (cache) => (await caches.open(cache)).keys()));
    const paths = keys.flat().map(({ url }) => pathOf(url)).filter((path) => !OLDER_POSTS.test(path));
    reply("stories", { stories: [...new Set(paths.flatMap((path) => STORY.exec(path)?.[1] ?? []))] });
  },

  async sizes(_, reply) {
    const kinds = { ...FREE, shell: SHELL_FILES, saved: SAVED };
    for (const [kind, cacheName] of Object.entries(kinds)) {
      const cache = await caches.open(cacheName);
      const answers = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
      const sizes = await Promise.all(answers.map(async (answer) => (await answer.blob()).size));
      reply("size", { kind, count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) });
    }
  },

  // Saved files are never freed.
  free: ({ kinds }) => Promise.all(kinds.map((kind) => Object.hasOwn(FREE, kind) && caches.delete(FREE[kind]))),
};

// Saves the answer that `make` returns. If storage is full, saved files take the place of pictures that were only seen.
const save = (address, make) =>
  put(SAVED, address, make()).catch(async (error) => {
    if (!isFull(error) || !(await caches.delete(PICTURES))) throw error;
    await put(SAVED, address, make());
  });

// Saves one file of a picture, and at its other addresses a reference to it. Returns whether it is saved.
async function savePicture(addresses, failed) {
  for (const address of addresses) {
    const answer = (await find(PICTURES, address)) ?? (await fetchPicture(address));
    if (!answer) continue;
    try {
      await save(address, () => answer.clone());
      for (const other of addresses.filter((other) => other !== address)) {
        await save(other, () => new Response(null, { headers: { "dateline-see": address } }));
      }
      return true;
    } catch (error) {
      failed(error);
    }
  }
  return false;
}

// A picture from a host without CORS is kept as an opaque answer: better than none.
async function fetchPicture(address) {
  const answer = await fetch(address).catch(() => fetch(address, { mode: "no-cors" })).catch(() => undefined);
  return answer && (answer.type === "opaque" || isFile(answer)) ? answer : undefined;
}
