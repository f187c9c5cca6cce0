// The front page, sections, stories, and the frame around them.

import { blocks, related } from "./blocks.js";
import { button, el, figure, host, image, own, plain, safe, text, time } from "./dom.js";
import { read, saved } from "./keep.js";

const SECOND_TIER = 3;
const ALSO_LIKE = 4;
const WORDS_A_MINUTE = 230;
const SIZES = {
  lead: "(min-width: 60rem) 52rem, 100vw",
  second: "(min-width: 60rem) 26rem, 40vw",
  river: "(min-width: 60rem) 18rem, 40vw",
};

/** The label with the state of live coverage. */
export const state = (live) =>
  ({ paused: el("span", { class: "live-rests", lang: "en" }, "Paused"), ended: el("span", { class: "live-rests", lang: "en" }, "As it happened") })[
    live?.state
  ] ?? el("span", { class: "live", lang: "en" }, "LIVE");

function teaser(it, weight) {
  const mark = it.kind === "live" && state(it.live);
  const latest = mark && it.live?.state !== "ended" && it.live?.latest;
  const words = el(
    "div",
    { class: "teaser-words" },
    (mark || it.kicker) && el("p", { class: "kicker" }, mark, " ", it.kicker),
    el("h3", { class: "teaser-headline" }, el("a", { href: `story/${it.id}/` }, it.headline)),
    it.standfirst && el("p", { class: "teaser-standfirst" }, it.standfirst),
    latest &&
      el("p", { class: "teaser-latest" }, el("span", { class: "teaser-latest-time" }, time(latest.time, "clock")), " ", latest.title),
    el("p", { class: "teaser-time", lang: "en" }, time(it.updated ?? it.published, "short"), read.has(it.id) && " · Read"),
  );
  const picture = it.image && el("div", { class: "teaser-picture" }, image(it.image, SIZES[weight], weight === "lead"));
  return el("article", { class: `teaser teaser-${weight}`, ...own(it) }, words, picture);
}

const river = (teasers) => el("ul", { class: "river-stories" }, teasers.map((it) => el("li", null, teaser(it, "river"))));

export function front(edition) {
  const { publication, sections } = edition;
  const top = sections.find(({ teasers }) => teasers.length > 0);
  const page = el("div", { class: "front", ...own(publication) }, el("h1", { class: "visually-hidden", tabindex: "-1" }, publication.name));
  if (!top) page.append(el("p", { class: "state" }, "There is nothing in this edition yet. Come back soon."));
  for (const section of sections) {
    const opens = section === top;
    const rest = section.teasers.slice(opens ? 1 + SECOND_TIER : 0);
    if (opens) {
      const [lead, ...others] = section.teasers;
      const second = others.slice(0, SECOND_TIER).map((it) => el("li", null, teaser(it, "second")));
      page.append(
        el(
          "section",
          { class: "opening", "aria-label": section.name },
          el("h2", { class: "visually-hidden" }, section.name),
          teaser(lead, "lead"),
          second.length > 0 && el("ul", { class: "second-tier" }, second),
        ),
      );
    }
    if (rest.length === 0) continue;
    const name = el("h2", { class: "river-name" }, el("a", { href: `section/${section.id}/` }, section.name));
    page.append(el("section", { class: "river", "aria-label": section.name }, name, river(rest)));
  }
  return page;
}

export function section(edition, id) {
  const found = edition.sections.find((it) => it.id === id);
  if (!found) return notFound();
  const stories = found.teasers.map((it, at) => el("li", null, teaser(it, at === 0 ? "second" : "river")));
  return el(
    "div",
    { class: "section", ...own(edition.publication) },
    el("h1", { class: "section-name", tabindex: "-1" }, found.name),
    el("h2", { class: "visually-hidden", lang: "en" }, "Stories"),
    el("ul", { class: "river-stories" }, stories),
  );
}

export function notFound() {
  return el(
    "section",
    { class: "state" },
    el("h1", { tabindex: "-1" }, "There is no such page"),
    el("p", null, "The story may have been taken back, or the address is not quite right."),
    el("p", null, el("a", { href: "./" }, "Go to the front page")),
  );
}

export function failed(retry) {
  return el(
    "section",
    { class: "state" },
    el("h1", { tabindex: "-1" }, "We could not load this page"),
    el("p", { role: "alert" }, navigator.onLine ? "The host did not answer as it should." : "There is no network."),
    button("Try again", retry),
  );
}

/** The button that saves a story, or removes it from the list. */
export function saveButton(id) {
  const words = () => (saved.has(id) ? "Saved" : "Save");
  const element = button(
    words(),
    () => {
      saved.set(id, !saved.has(id));
      element.textContent = words();
      element.setAttribute("aria-pressed", saved.has(id));
    },
    { "aria-pressed": saved.has(id) ? "true" : "false" },
  );
  return element;
}

/** The button that shares an address with the system's dialog, or else copies it. */
export function shareButton(title, address, label) {
  const said = el("span", { role: "status" });
  const press = async () => {
    const url = new URL(address, document.baseURI).href;
    try {
      if (navigator.share) await navigator.share({ title, url });
      else {
        await navigator.clipboard.writeText(url);
        said.textContent = "Link copied";
      }
    } catch (error) {
      if (error.name !== "AbortError") said.textContent = "The address is in your browser's address bar.";
    }
  };
  return el("span", { class: "share" }, button("Share", press, { "aria-label": label }), said);
}

export function corrections(story) {
  const list = story.corrections ?? [];
  if (list.length === 0) return null;
  const title = list.length === 1 ? "Correction" : "Corrections";
  const items = list.map((it) =>
    el("li", null, el("span", { class: "correction-time" }, time(it.time, "full")), " ", el("span", { lang: story.language }, text(it.text))),
  );
  return el(
    "section",
    { class: "corrections", "aria-label": title },
    el("p", { class: "corrections-title" }, title),
    el("ul", { class: "corrections-list" }, items),
  );
}

function byline(story) {
  const authors = (story.byline ?? []).map((it) => (typeof it === "string" ? { name: it } : it));
  const place = story.dateline && el("span", { class: "dateline", lang: story.language }, story.dateline);
  if (authors.length === 0 && !place) return null;
  const pictures = authors.map(({ picture }) => image(picture, "3rem")).filter(Boolean);
  const english = !story.language || /^en\b/i.test(story.language);
  const names = authors.map(({ name, href }, at) => {
    const before = at === 0 ? (english ? "By " : "") : english && at === authors.length - 1 ? " and " : ", ";
    const words = el("bdi", null, name);
    return [before, safe(href) ? el("a", { href: safe(href), rel: "author" }, words) : words];
  });
  return el(
    "div",
    { class: "byline" },
    pictures.length > 0 && el("span", { class: "byline-pictures" }, pictures),
    el("p", null, names.length > 0 && el("bdi", { class: "byline-names" }, names), " ", place),
  );
}

/** The story's header: headline, standfirst, byline and so on. */
export function headline(story, mark) {
  const lang = story.language;
  return el(
    "header",
    { class: "story-head" },
    (mark || story.kicker) && el("p", { class: "kicker" }, mark, " ", el("span", { lang }, story.kicker)),
    el("h1", { lang, tabindex: "-1" }, story.headline),
    story.standfirst && el("p", { class: "standfirst", lang }, text(story.standfirst)),
    byline(story),
  );
}

export const mainPicture = (story) =>
  story.image &&
  el("div", { class: "story-picture", lang: story.language }, figure(story.image, "(min-width: 60rem) 56rem, 100vw", true));

const titled = (name, title, list) =>
  list && el("section", { class: name, "aria-label": title }, el("h2", null, el("bdi", null, title)), list);

/** The story's footer. */
export function foot(story) {
  const links = story.related?.length && el("ul", { lang: story.language }, story.related.map((it) => el("li", null, related(it))));
  const canonical = safe(story.canonical);
  return el(
    "footer",
    { class: "story-foot" },
    titled("story-related", "Related", links),
    story.tags?.length && el("ul", { class: "tags", "aria-label": "Tags" }, story.tags.map((tag) => el("li", null, tag))),
    canonical && el("p", { class: "canonical" }, "First published at ", el("a", { href: canonical }, host(canonical))),
  );
}

const words = (value) => {
  if (typeof value === "string") return value.split(/\s+/).length;
  return value && typeof value === "object" ? Object.values(value).reduce((sum, it) => sum + words(it), 0) : 0;
};

export function story(it) {
  const { language } = it;
  const minutes = Math.max(1, Math.round(words(it.body) / WORDS_A_MINUTE));
  const times = el(
    "div",
    { class: "story-times" },
    el("span", null, "Published ", time(it.published, "full")),
    it.updated > it.published && el("span", null, "Updated ", time(it.updated, "full")),
    el("span", null, `${minutes} min read`),
    saveButton(it.id),
    shareButton(it.headline, `story/${it.id}/`),
  );
  const head = headline(it);
  head.append(times);
  const points = it.takeaways?.length && el("ul", { lang: language }, it.takeaways.map((point) => el("li", null, text(point))));
  return el(
    "article",
    { class: "story", dir: own(it).dir },
    corrections(it),
    head,
    mainPicture(it),
    titled("takeaways", "Key points", points),
    el("div", { class: "body", lang: language }, blocks(it.body)),
    foot(it),
  );
}

/** The stories most like this one: two points for a common tag, one for the section. */
export function alsoLike(story, edition) {
  const tags = new Set((story.tags ?? []).map((tag) => tag.toLowerCase()));
  const others = edition.sections
    .flatMap((section) => section.teasers.map((it) => ({ it, section: section.id })))
    .filter(({ it }) => it.id !== story.id)
    .map(({ it, section }) => ({
      it,
      score: 2 * (it.tags ?? []).filter((tag) => tags.has(tag.toLowerCase())).length + (section === story.section ? 1 : 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || Date.parse(b.it.published) - Date.parse(a.it.published));
  const best = others.slice(0, ALSO_LIKE).map(({ it }) => it);
  return best.length > 0 ? titled("also-like", "You may also like", river(best)) : null;
}

/** The masthead: name, date and sections. There is room for them while the edition is loading. */
export function masthead(edition, path) {
  const way = (href, name) => el("a", { href, "aria-current": (href === "./" ? "" : href) === path ? "page" : null }, name);
  const { publication, sections = [] } = edition ?? {};
  return el(
    "header",
    { class: edition ? "masthead" : "masthead masthead-waiting", ...own(publication ?? {}) },
    el("p", { class: "masthead-day", lang: "en" }, time(Date.now(), "day")),
    el("p", { class: "masthead-name" }, way("./", publication?.name ?? "Front page")),
    publication?.tagline && el("p", { class: "masthead-tagline" }, publication.tagline),
    sections.length > 0 &&
      el(
        "nav",
        { class: "sections", "aria-label": "Sections" },
        el("ul", null, sections.map(({ id, name }) => el("li", null, way(`section/${id}/`, name)))),
      ),
  );
}

export const pageFoot = (edition) => {
  const home = safe(edition?.publication.home);
  return el(
    "footer",
    { class: "foot" },
    home && el("p", null, el("a", { href: home }, `About ${edition.publication.name}`)),
    el("p", null, "Set by hand."),
  );
};

export const title = (it) => plain(it.headline).slice(0, 120);
