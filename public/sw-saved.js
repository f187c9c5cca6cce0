// The second half of the service worker (`sw.js`): what tabs can ask it for. Saving a story is done here and not in
// the tab: it is off the reader's thread, and goes on when the tab is gone.
//
// A saved story is a list of its files, and the files. The list says what should be there, so that what the browser
// has cleared away can be named, and fetched again.

// A picture comes in several widths, of which one is saved; the others' places tell which.
async function findSaved(address) {
  const kept = await find(SAVED, address);
  const other = kept?.headers.get("dateline-see");
  return other ? find(SAVED, other) : kept;
}

// What a tab can ask for: a text whose first line is the order. Answers go to the port that comes with it, and
// an empty one ends them.
addEventListener("message", (event) => {
  const [order, ...lines] = String(event.data).split("\n");
  const say = (words) => event.ports[0]?.postMessage(words);
  const work = Object.hasOwn(ORDERS, order) ? ORDERS[order](lines, say, event.source) : undefined;
  // Who asked goes on waiting as long as there is a sign of life.
  const alive = setInterval(say, 10_000, ".");
  event.waitUntil(Promise.resolve(work).catch((error) => say(why(error))).finally(() => (clearInterval(alive), say(""))));
});

const isFull = (error) => error.name === "QuotaExceededError";
const why = (error) => (isFull(error) ? "full" : "failed");

const LIST = /^saved\/(.+)\.list$/;
// Where the list of a saved story's files is kept: a line a file, its alternatives apart by tabs, the best first.
const listOf = (story) => absolute(`saved/${story}.list`);
const filesOf = async (story) => (await (await find(SAVED, listOf(story)))?.text())?.split("\n") ?? [];
const alternatives = (file) => file.split("\t").map(absolute);
const has = async (file) => Boolean(await findSaved(alternatives(file)[0]));

const isOwnPage = (address) => address.startsWith(registration.scope) && isPage(new URL(address).pathname.slice(SCOPE.length));

const FREE = { pages: PAGES, news: NEWS, pictures: PICTURES };

const ORDERS = {
  // The reader wants the version that waits.
  update: () => skipWaiting(),

  // A tab has started, and hears what has become of its page; and what it has loaded before this here was there, itself
  // among it.
  async started(addresses, _, tab) {
    renewed.get(addressOf(new URL(tab.url)))?.then((newer) => newer && tab.postMessage(newer));
    await tidy(1).catch(nothing);
    await mend().catch(nothing);
    await ORDERS.loaded(addresses.filter((address) => pathOf(address).startsWith("edition/") || isOwnPage(address)));
  },

  // A tab has loaded something past this here: it is in the browser's own cache. One that fails keeps no other from it.
  async loaded(addresses) {
    for (const address of addresses) {
      const load = async () => {
        const answer = await fetch(address, { cache: "force-cache" });
        if (isOwnPage(address)) return answer.ok && isHtml(answer) && keepPage(addressOf(new URL(address)), answer);
        return (NEWS_FILE.test(pathOf(address)) ? keepNews : keepPicture)(address, answer);
      };
      await load().catch(nothing);
    }
  },

  // Saves a story: its id, its own file, then its pictures. Tells "have of" as it goes; what is there stays.
  async keep([story, own, ...pictures], say) {
    await save(listOf(story), () => new Response([own, ...pictures].join("\n")));
    // Of a live blog also the older posts that were read.
    const news = await caches.open(NEWS).then((open) => open.keys()).catch(() => []);
    for (const { url } of news.filter(({ url }) => STORY.exec(pathOf(url))?.[1] === story)) {
      const copy = await find(NEWS, url);
      if (copy) await save(url, () => copy.clone());
    }
    await fetch(absolute(own), { cache: "no-cache" }).then((answer) => keepNews(absolute(own), answer, { failed: (error) => say(why(error)) }), nothing);
    let have = (await has(own)) ? 1 : 0;
    for (const picture of pictures) {
      say(`${have} ${pictures.length + 1}`);
      if ((await has(picture)) || (await savePicture(alternatives(picture), say))) have += 1;
    }
    say(`${have} ${pictures.length + 1}`);
  },

  // Takes back what was saved of a story, but for what another one needs too.
  async drop([story]) {
    const cache = await caches.open(SAVED);
    await cache.delete(listOf(story));
    const addresses = (await cache.keys()).map(({ url }) => url);
    const stories = addresses.flatMap((url) => LIST.exec(pathOf(url))?.[1] ?? []);
    const files = (await Promise.all(stories.map(filesOf))).flat().flatMap(alternatives);
    const needed = new Set([...files, ...stories.map(listOf)]);
    const isNeeded = (url) => needed.has(url) || stories.includes(STORY.exec(pathOf(url))?.[1]);
    await Promise.all(addresses.filter((url) => !isNeeded(url)).map((url) => cache.delete(url)));
  },

  // Tells of each story "id have of"; of one that is not saved "id 0 0".
  async state(stories, say) {
    for (const story of stories) {
      const files = await filesOf(story);
      const there = await Promise.all(files.map(has));
      say(`${story} ${there.filter(Boolean).length} ${files.length}`);
    }
  },

  // Tells the ids of the stories of which there are lists, whether their reader has them saved still or not.
  async lists(_, say) {
    for (const { url } of await (await caches.open(SAVED)).keys()) LIST.test(pathOf(url)) && say(LIST.exec(pathOf(url))[1]);
  },

  // Tells the ids of the stories that can be read without a network.
  async readable(_, say) {
    const keys = await Promise.all([NEWS, SAVED].map(async (cache) => (await caches.open(cache)).keys()));
    const paths = keys.flat().map(({ url }) => pathOf(url)).filter((path) => !OLDER_POSTS.test(path));
    say([...new Set(paths.flatMap((path) => STORY.exec(path)?.[1] ?? []))].join("\n"));
  },

  // Tells of each kind of thing "kind count bytes".
  async sizes(_, say) {
    const kinds = { ...FREE, shell: SHELL_FILES, saved: SAVED };
    for (const [kind, cacheName] of Object.entries(kinds)) {
      const cache = await caches.open(cacheName);
      const answers = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
      const bytes = await Promise.all(answers.map(async (answer) => (await answer.blob()).size));
      say(`${kind} ${bytes.length} ${bytes.reduce((sum, size) => sum + size, 0)}`);
    }
  },

  // Takes away all of some kinds; never what was saved.
  free: (kinds) => Promise.all(kinds.map((kind) => Object.hasOwn(FREE, kind) && caches.delete(FREE[kind]))),
};

// Saves what `make` makes. Where the disk is full, what was saved comes before what was merely seen.
const save = (address, make) =>
  put(SAVED, address, make()).catch(async (error) => {
    if (!isFull(error) || !(await caches.delete(PICTURES))) throw error;
    await put(SAVED, address, make());
  });

// Saves one file of a picture, and at the other addresses the way to it; whether that went well.
async function savePicture(addresses, say) {
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
      say(why(error));
    }
  }
  return false;
}

// A picture of another host that lets nobody look into it is kept unseen: better than none.
async function fetchPicture(address) {
  const answer = await fetch(address).catch(() => fetch(address, { mode: "no-cors" })).catch(() => undefined);
  return answer && (answer.type === "opaque" || isFile(answer)) ? answer : undefined;
}
