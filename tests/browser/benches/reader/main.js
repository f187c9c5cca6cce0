// A reader in plain JavaScript, to compare Dateline with in `cargo xtask bench reader`. It shows the same edition in the
// same style: front page, sections, stories, live blogs, saved stories and read marks. This module loads, routes and
// shows screens.

import { el } from "./dom.js";
import { read } from "./keep.js";
import * as pages from "./pages.js";

const BASE = document.baseURI;
document.querySelector("base").href = BASE;
history.scrollRestoration = "manual";

/** The JSON at an address; cached copies are revalidated (a 304 has no body). */
async function load(path) {
  const answer = await fetch(BASE + path, { cache: "no-cache" });
  if (answer.status === 404 || answer.status === 410) return null;
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return answer.json();
}

let edition;
const editionLoad = load("edition/edition.json").then((it) => {
  edition = it;
  around();
  return it;
});
// The screens that need it report the failure.
editionLoad.catch(() => {});

const path = () => location.href.slice(BASE.length).replace(/[?#].*|index\.html.*/, "");

// The frame: masthead, screen, foot.
const skip = el("a", { class: "skip", href: "#main" }, "Skip to the content");
const main = el("main", { id: "main", tabindex: "-1" });
let masthead = pages.masthead(null, path());
let foot = pages.pageFoot(null);
document.getElementById("shell").replaceWith(skip, masthead, main, foot);

function around() {
  const [oldMasthead, oldFoot] = [masthead, foot];
  masthead = pages.masthead(edition, path());
  foot = pages.pageFoot(edition);
  oldMasthead.replaceWith(masthead);
  oldFoot.replaceWith(foot);
}

// Each navigation has a number. Answers for an earlier one are dropped.
let going = 0;
let leave = () => {};

async function go(top) {
  const number = ++going;
  const still = () => number === going;
  leave();
  leave = () => {};
  if (edition) around();
  try {
    await show(path(), still);
  } catch {
    if (still()) main.replaceChildren(pages.failed(() => go(0)));
  }
  if (!still()) return;
  if (top !== undefined) {
    scrollTo(0, top);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
}

async function show(path, still) {
  const [kind, id] = path.split("/");
  if (kind === "story" && id) return showStory(id, still);
  const it = await editionLoad;
  if (!still()) return;
  const screen = kind === "" ? pages.front(it) : kind === "section" && id ? pages.section(it, id) : pages.notFound();
  document.title = screen.querySelector("h1").textContent;
  main.replaceChildren(screen);
}

// Safari has no requestIdleCallback.
const whenIdle = (work) => (window.requestIdleCallback ?? setTimeout)(work);

async function showStory(id, still) {
  // The code for live blogs is loaded for them only.
  const story = await load(`edition/stories/${id}.json`);
  if (!still()) return;
  if (!story) return main.replaceChildren(pages.notFound());
  document.title = pages.title(story);
  if (story.kind === "live") {
    const { follow } = await import("./live.js");
    if (!still()) return;
    const { screen, stop } = follow(story, BASE);
    leave = stop;
    main.replaceChildren(screen);
    location.hash && document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } else {
    main.replaceChildren(pages.story(story));
  }
  // Writing very many marks takes a while, so it waits until the browser is idle.
  if (!read.has(id)) whenIdle(() => read.set(id, true));
  const all = await editionLoad.catch(() => null);
  const more = still() && all && pages.alsoLike(story, all);
  if (more) main.append(more);
}

// Navigates on links within the publication.
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const modified = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (!link || modified || event.defaultPrevented || link.target || !link.href.startsWith(BASE)) return;
  event.preventDefault();
  history.replaceState({ top: scrollY }, "");
  const [to, fragment] = link.href.split("#");
  const same = to === location.href.split("#")[0];
  if (fragment === "main") return main.focus();
  if (!same || fragment) history.pushState(null, "", link.href);
  if (same && fragment) dispatchEvent(new CustomEvent("reader:post", { detail: fragment }));
  else go(0);
});
addEventListener("popstate", (event) => go(event.state?.top ?? 0));
addEventListener("pagehide", () => history.replaceState({ top: scrollY }, ""));

go(history.state?.top);
