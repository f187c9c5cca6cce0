// Follows a live blog: polls its head, loads older posts when the reader comes near them, updates changed posts in place,
// and lets new posts wait behind a pill unless the reader is at the top.

import { blocks } from "./blocks.js";
import { button, el, moment, own, time } from "./dom.js";
import { seen } from "./keep.js";
import { corrections, foot, headline, mainPicture, saveButton, shareButton, state, title } from "./pages.js";

const PAGE = 50;
const SHORTEST = 5_000;
const USUAL = 15;
const LONGEST = 300_000;
const TIME_OUT = 10_000;
// This near to the top, new posts are shown at once. In pixels.
const AT_TOP = 8;
const NEAR = "2000px";

const updates = (count, word = "") => `${count} ${word}update${count === 1 ? "" : "s"}`;

/** The screen of a live blog, and a function that stops polling. */
export function follow(first, base) {
  const { id, language } = first;
  const folder = `edition/stories/${id}`;
  const load = async (file, cache) => {
    const answer = await fetch(base + file, { cache, signal: AbortSignal.timeout(TIME_OUT) });
    if (!answer.ok) throw Object.assign(new Error(`${file} answers ${answer.status}`), { answer });
    return answer.json();
  };

  let story = first;
  /** Posts on the page, by number: { post, element }. */
  const shown = new Map();
  /** New posts that wait behind the pill. */
  const waiting = new Map();
  /** Older pages, newest first: { name, first, last, revision, run }. */
  let older = [];
  const known = new Map();

  // Posts.

  function postElement(it) {
    if (it.withdrawn !== undefined) {
      const why = it.withdrawn ? `: ${it.withdrawn}` : "";
      return el("article", { id: it.id, class: "post post-withdrawn", tabindex: "0" }, el("p", null, `This update was withdrawn${why}`));
    }
    const address = `story/${id}/#${it.id}`;
    const line = el(
      "p",
      { class: "post-line" },
      el("a", { href: address, class: "post-time" }, moment(it.time)),
      " ",
      it.key && el("span", { class: "post-mark" }, "Key event"),
      " ",
      it.author && el("span", { class: "post-author", lang: language }, it.author),
      " ",
      it.updated && el("span", { class: "post-updated" }, "updated ", moment(it.updated)),
    );
    const head = el(
      "header",
      { id: `${it.id}-head`, class: "post-head" },
      line,
      it.title && el("h3", { class: "post-title", ...own(story) }, it.title),
    );
    const share = shareButton(it.title ?? story.headline, address, `Share: ${it.title ?? it.time}`);
    return el(
      "article",
      { id: it.id, class: it.key ? "post post-key" : "post", tabindex: "0", "aria-labelledby": `${it.id}-head` },
      head,
      el("div", { class: "body post-body", ...own(story) }, blocks(it.body)),
      el("footer", { class: "post-foot" }, share),
    );
  }

  function make(it) {
    const element = postElement(it);
    shown.set(it.id, { post: it, element });
    return element;
  }

  /** Replaces a post on the page with a newer copy. */
  function patch(it) {
    const old = shown.get(it.id);
    if (old && it.revision > old.post.revision) old.element.replaceWith(make(it));
  }

  /** Makes a change without moving what the reader is looking at. */
  function hold(change) {
    const eye = scrollY > 0 && (below(below(feed)) ?? below(screen));
    const before = eye && eye.getBoundingClientRect().top;
    change();
    if (eye?.isConnected) scrollBy(0, eye.getBoundingClientRect().top - before);
  }

  /** The first child that ends below the upper edge of the window. (Called for sections first: measuring a post that is
   * not laid out would lay it out.) */
  const below = (parent) => parent && [...parent.children].find((it) => it.getBoundingClientRect().bottom > 0);

  // The header of the page, rendered again when it has changed.

  const count = () => story.live.posts.at(-1)?.id ?? older[0]?.last ?? 0;

  function head() {
    const { live } = story;
    const status = el(
      "div",
      { class: "story-times live-status" },
      el("span", null, "Last updated ", time(live.changed, "full")),
      el("span", null, updates(count())),
      saveButton(id),
      shareButton(story.headline, `story/${id}/`),
    );
    const element = headline(story, state(live));
    element.append(status);
    return [corrections(story), element, mainPicture(story)].filter(Boolean);
  }

  function putHead() {
    headParts.forEach((part) => part.remove());
    headParts = head();
    screen.prepend(...headParts);
  }

  function eventList(events) {
    const line = (it) => el("li", null, el("span", { class: "event-time" }, moment(it.time)), " ", el("a", { href: `story/${id}/#${it.post}` }, it.title));
    const [few, rest] = [events.slice(0, 6), events.slice(6)];
    return [
      el("ul", { class: "events" }, few.map(line)),
      rest.length > 0 && el("details", null, el("summary", null, `${rest.length} earlier ones`), el("ul", { class: "events" }, rest.map(line))),
    ];
  }

  function overviewParts() {
    const { summary, pinned, key_events: keyEvents = [] } = story.live;
    return [
      summary?.length &&
        el("section", { class: "live-summary", "aria-label": "Summary" }, el("h2", null, "Summary"), el("div", { class: "body", lang: language }, blocks(summary))),
      keyEvents.length > 0 &&
        el("details", { class: "key-events", open: "" }, el("summary", null, el("h2", null, "Key events")), eventList(keyEvents.toReversed())),
      pinned &&
        el(
          "details",
          { class: "live-pinned", open: "" },
          el("summary", null, el("span", { class: "post-mark" }, "Pinned"), " ", el("span", { lang: language }, pinned.title)),
          el("div", { class: "body", lang: language }, blocks(pinned.body)),
        ),
    ].filter(Boolean);
  }

  // The stream: the newest posts, then older pages, each in a section, and gaps for pages that are not loaded.

  const run = (posts) => el("div", { class: "run" }, posts.map(make).reverse());

  const observer = new IntersectionObserver(
    (entries) => entries.forEach((it) => it.isIntersecting && it.target.querySelector("button").click()),
    { rootMargin: NEAR },
  );

  function gap(page) {
    const press = () => loadPage(page).catch(() => (element.querySelector("button").disabled = false));
    const load = button("Earlier updates", () => {
      load.disabled = true;
      press();
    });
    const element = el("article", { class: "gap", "aria-label": "Updates that are not loaded yet" }, load);
    observer.observe(element);
    return element;
  }

  /** A gap for each stretch of pages that are not loaded. */
  function gaps() {
    for (const old of feed.querySelectorAll(".gap")) {
      observer.unobserve(old);
      old.remove();
    }
    let above = newest;
    let open = false;
    for (const page of older) {
      if (page.run) above = page.run;
      else if (!open) {
        const element = gap(page);
        above.after(element);
        above = element;
      }
      open = !page.run;
    }
  }

  async function loadPage(page) {
    if (page.run) return;
    const { posts } = await load(`${folder}/${page.name}.json`, "default");
    if (page.run) return;
    page.run = run(posts);
    hold(() => {
      const after = older.find((it) => it.run && it !== page && it.first < page.first)?.run;
      if (after) after.before(page.run);
      else feed.append(page.run);
      gaps();
    });
  }

  /** Updates the list of older pages, and those on the page that have changed. */
  async function takePages({ indexes = [], pages = [] }) {
    const listed = await Promise.all(
      indexes.map(async (index) => {
        if (known.get(index.first)?.revision !== index.revision) {
          const { pages } = await load(`${folder}/${index.name}.json`, "default");
          known.set(index.first, { revision: index.revision, pages });
        }
        return known.get(index.first).pages;
      }),
    );
    const all = [...listed.flat(), ...pages].reverse();
    const old = new Map(older.map((it) => [it.first, it]));
    older = all.map((page) => {
      const before = old.get(page.first);
      // Posts that moved from the head into a page are shown already.
      return { ...page, run: before?.run ?? (shown.has(page.first) ? newest : undefined), was: before?.revision };
    });
    for (const page of older.filter((it) => it.run && it.was !== undefined && it.was < it.revision)) {
      const { posts } = await load(`${folder}/${page.name}.json`, "default");
      hold(() => posts.forEach(patch));
    }
  }

  // New posts.

  function showWaiting() {
    const posts = [...waiting.values()].sort((a, b) => b.id - a.id);
    waiting.clear();
    if (newest.children.length + posts.length > 2 * PAGE) {
      // A section of its own, so that distant posts are not laid out.
      const full = newest;
      newest = el("div", { class: "run" });
      full.before(newest);
    }
    newest.prepend(...posts.map(make));
    note();
    said.textContent = "";
    show();
  }

  function show() {
    const size = waiting.size;
    pillPlace.replaceChildren(
      ...(size > 0
        ? [
            button(
              updates(size, "new "),
              () => {
                const firstUnseen = Math.min(...waiting.keys());
                showWaiting();
                shown.get(firstUnseen)?.element.scrollIntoView();
              },
              { class: "pill" },
            ),
          ]
        : []),
      trouble,
    );
    document.title = (size > 0 ? `(${size}) ` : "") + title(story);
  }

  /** Stores the newest post on the page, for the next visit. */
  const note = () => seen.set(id, newestShown());

  async function take(next) {
    if (next.live.revision <= story.live.revision) return;
    const old = story;
    story = next;
    await takePages(next.live);
    hold(() => {
      putHead();
      if (JSON.stringify([old.live.key_events, old.live.summary, old.live.pinned]) !== JSON.stringify([next.live.key_events, next.live.summary, next.live.pinned])) {
        overview.replaceChildren(...overviewParts());
      }
      for (const post of next.live.posts) {
        if (shown.has(post.id)) patch(post);
        else if (post.id > newestShown()) waiting.set(post.id, post);
      }
    });
    if (waiting.size === 0) return;
    said.textContent = updates(waiting.size, "new ");
    if (scrollY < AT_TOP && !document.hidden) showWaiting();
    else show();
  }

  const newestShown = () => Number(feed.querySelector(".post")?.id ?? 0);

  // Polling: at the publisher's interval, less often while nothing is new, never in a hidden tab.

  let timer;
  let asked = Date.now();
  let underWay = false;
  let failures = 0;

  function wait(atLeast = 0) {
    clearTimeout(timer);
    if (story.live.state === "ended" || document.hidden) return;
    const interval = Math.max(SHORTEST, (story.live.interval ?? USUAL) * 1000);
    const backOff = Math.min(LONGEST, interval * 2 ** failures);
    timer = setTimeout(ask, Math.max(atLeast, backOff * (0.9 + 0.2 * Math.random())));
  }

  async function ask() {
    if (underWay) return;
    underWay = true;
    asked = Date.now();
    let retryAfter = 0;
    try {
      await take(await load(`${folder}.json`, "no-cache"));
      failures = 0;
    } catch (error) {
      failures += 1;
      retryAfter = 1000 * (Number(error.answer?.headers.get("retry-after")) || 0);
    }
    underWay = false;
    trouble.textContent = failures > 1 ? "Updates are not coming through at the moment." : "";
    wait(retryAfter);
  }

  const again = () => {
    if (document.hidden) clearTimeout(timer);
    else if (Date.now() - asked >= SHORTEST) ask();
    else wait();
  };

  async function goTo(number) {
    const page = older.find((it) => it.first <= number && number <= it.last);
    if (page) await loadPage(page);
    if (waiting.has(number)) showWaiting();
    shown.get(number)?.element.scrollIntoView();
  }

  // The page.

  // The style needs the parts of the header as children of the article, before this element.
  let headParts = [];
  const overview = el("div", { class: "live-overview" });
  const said = el("p", { class: "visually-hidden", role: "status" });
  const trouble = el("p", { class: "live-trouble", role: "status" });
  const pillPlace = el("div", { class: "pill-place" });
  const filter = el("div", { class: "filter" });
  const keyOnly = button("Key events only", () => {
    const pressed = filter.classList.toggle("key-only");
    keyOnly.setAttribute("aria-pressed", pressed);
  }, { "aria-pressed": "false" });
  const lastSeen = seen.get(id);
  let newest = run(first.live.posts);
  const line = lastSeen && shown.get(lastSeen)?.element;
  if (line && lastSeen < first.live.posts.at(-1)?.id) {
    line.prepend(el("p", { class: "last-visit" }, el("span", null, "Since your last visit")));
  }
  const feed = el("div", { class: "feed", role: "feed", "aria-label": "Updates" }, newest);
  const controls = el("div", { class: "live-controls", role: "group", "aria-label": "Updates" }, keyOnly);
  const stream = el(
    "div",
    { class: "stream" },
    el("h2", { class: "visually-hidden" }, "Updates"),
    said,
    controls,
    pillPlace,
    filter,
    feed,
  );
  const screen = el(
    "article",
    { class: "story coverage", dir: own(first).dir },
    el("div", { class: "coverage-main" }, overview, stream),
    foot(first),
  );
  putHead();
  overview.append(...overviewParts());
  note();
  show();

  const listeners = new AbortController();
  const on = (target, name, listener) => target.addEventListener(name, listener, { signal: listeners.signal });
  on(window, "online", again);
  on(document, "visibilitychange", again);
  on(window, "reader:post", (event) => goTo(Number(event.detail)));
  takePages(first.live).then(() => {
    gaps();
    if (location.hash) goTo(Number(location.hash.slice(1)));
  }, () => {});
  wait();

  return {
    screen,
    stop() {
      clearTimeout(timer);
      listeners.abort();
      observer.disconnect();
    },
  };
}
