// The baseline of `cargo xtask bench live`: minimal JavaScript that shows the posts of a live blog. It does not poll,
// anchor the scroll position or store anything. With `?all` it loads all posts into one flat list.

const base = "edition/stories/";
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

const load = async (file) => (await fetch(base + file, { cache: "no-cache" })).json();

function el(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

function time(at) {
  const element = el("time", "", clock.format(new Date(at)));
  element.dateTime = at;
  return element;
}

// Inlines are text, or objects with the text in them: enough for the posts of the benchmark.
const words = (text) => [text].flat(Infinity).map((it) => it.text ?? it).join("");

function post(entry) {
  const article = el("article", entry.key ? "post post-key" : "post");
  article.id = entry.id;
  if (entry.withdrawn !== undefined) {
    article.append(el("p", "", "This update was withdrawn"));
    return article;
  }
  const link = el("a", "post-time", time(entry.time));
  link.href = "#" + entry.id;
  const line = el("p", "post-line", link, " ");
  if (entry.key) line.append(el("span", "post-mark", "Key event"), " ");
  if (entry.author) line.append(el("span", "post-author", entry.author));
  const head = el("header", "post-head", line);
  if (entry.title) head.append(el("h3", "post-title", entry.title));
  const body = el("div", "body post-body", ...(entry.body ?? []).map((block) => el("p", "", words(block.text))));
  const share = el("button", "button button-plain", "Share");
  share.addEventListener("click", () => navigator.clipboard.writeText(link.href));
  article.append(head, body, el("footer", "post-foot", share));
  return article;
}

const newestFirst = (entries) => entries.map(post).reverse();

const story = await load("marathon.json");
const { live } = story;
const feed = el("div", "feed", ...newestFirst(live.posts));
const events = (live.key_events ?? []).toReversed().map((event) => {
  const link = el("a", "", event.title);
  link.href = "#" + event.post;
  return el("li", "", el("span", "event-time", time(event.time)), " ", link);
});
const keyEvents = el("details", "key-events", el("summary", "", el("h2", "", "Key events")), el("ol", "", ...events));
keyEvents.open = true;
document
  .getElementById("shell")
  .append(
    el(
      "article",
      "story coverage",
      el("header", "story-head", el("h1", "", story.headline)),
      el("div", "live-overview", keyEvents),
      el("div", "stream", feed),
    ),
  );

if (location.search === "?all") {
  const listed = await Promise.all((live.indexes ?? []).map((index) => load(`marathon/${index.name}.json`)));
  const pages = [...listed.flatMap((index) => index.pages), ...(live.pages ?? [])];
  for (const page of pages.reverse()) {
    feed.append(...newestFirst((await load(`marathon/${page.name}.json`)).posts));
  }
  window.allLoaded = true;
}
