// The blocks of a story.

import { button, el, figure, host, plain, safe, text } from "./dom.js";

const COLUMN = "(min-width: 60rem) 34rem, 100vw";
const HALF_COLUMN = "(min-width: 60rem) 17rem, 50vw";

/** The elements of a body. Unknown kinds are skipped. */
export const blocks = (body) => (body ?? []).map((block) => KINDS[block.kind]?.(block) ?? null);

const KINDS = {
  paragraph: (it) => el("p", null, text(it.text)),
  heading: (it) => el(`h${[2, 3, 4].includes(it.level) ? it.level : 2}`, null, text(it.text)),
  list,
  quotation,
  "pull-quote": (it) =>
    el(
      "aside",
      { class: "pull-quote", "aria-hidden": "true" },
      el("p", null, plain(it.text)),
      it.attribution && el("p", { class: "pull-quote-who" }, it.attribution),
    ),
  figure: (it) => figure(it.picture, COLUMN),
  gallery: (it) =>
    el(
      "div",
      { class: "gallery" },
      el("ul", null, it.pictures.map((picture) => el("li", null, figure(picture, HALF_COLUMN)))),
      it.caption && el("p", { class: "gallery-caption" }, text(it.caption)),
    ),
  related: (it) =>
    el("p", { class: "read-also" }, el("span", { class: "read-also-label", lang: "en" }, "Read also"), " ", related(it)),
  embed,
  table,
  code: (it) =>
    el(
      "pre",
      { tabindex: "0", role: "region", "aria-label": it.language ? `Code, ${it.language}` : "Code", dir: "ltr" },
      el("code", null, it.text),
    ),
  divider: () => el("hr"),
  "question-answer": (it) =>
    el("section", { class: "question-answer" }, el("h2", { class: "question" }, text(it.question)), blocks(it.answer)),
  "fact-box": (it) =>
    el(
      "section",
      { class: "fact-box", "aria-label": it.title },
      el("h2", { class: "fact-box-title" }, it.title),
      blocks(it.body),
    ),
};

function list({ items, ordered, start }) {
  const item = (it) => {
    const nested = typeof it === "object" && !Array.isArray(it) && !it.kind;
    return el("li", null, text(nested ? it.text : it), nested && it.list && list(it.list));
  };
  return el(ordered ? "ol" : "ul", { start: ordered && start }, (items ?? []).map(item));
}

function quotation({ paragraphs, attribution, href }) {
  const to = safe(href);
  const who = to ? el("a", { href: to }, attribution ?? host(to)) : attribution;
  return el(
    "figure",
    { class: "quotation" },
    el("blockquote", null, paragraphs.map((words) => el("p", null, text(words)))),
    who && el("figcaption", null, who),
  );
}

function table({ rows, columns, caption, row_names: rowNames }) {
  const head = (cell) => (plain(cell) ? el("th", { scope: "col" }, text(cell)) : el("td"));
  const cell = (it, at) => (rowNames && at === 0 && plain(it) ? el("th", { scope: "row" }, text(it)) : el("td", null, text(it)));
  return el(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": plain(caption) || "Table" },
    el(
      "table",
      null,
      caption && el("caption", null, text(caption)),
      columns?.length && el("thead", null, el("tr", null, columns.map(head))),
      el("tbody", null, rows.map((row) => el("tr", null, row.map(cell)))),
    ),
  );
}

// Nothing is loaded from other sites until the reader asks for it.
function embed({ title, href, media }) {
  if (!/^https:/i.test(href ?? "")) return null;
  const from = host(href);
  const load = button(
    `Load from ${from}`,
    () => {
      const frame = el("iframe", {
        sandbox: "allow-scripts allow-popups allow-forms allow-same-origin allow-presentation",
        referrerpolicy: "strict-origin-when-cross-origin",
        allow: "fullscreen",
        title,
        src: href,
      });
      element.prepend(frame);
      load.remove();
    },
    { "aria-label": `Load from ${from}: ${title}` },
  );
  const named = [el("span", { class: "embed-media" }, media), " ", el("span", { class: "embed-title" }, title)];
  const ways = el("span", { class: "embed-ways", lang: "en", dir: "ltr" }, load, " ", el("a", { href }, `Open at ${from}`));
  const element = el("figure", { class: "embed" }, el("figcaption", null, named, ways));
  return element;
}

/** A link to another story. */
export function related({ headline, story, href, live }) {
  const to = story ? `story/${story}/` : safe(href);
  return el(
    "span",
    { class: "related" },
    live && el("span", { class: "live", lang: "en" }, "LIVE"),
    " ",
    to ? el("a", { href: to }, headline) : el("span", null, headline),
  );
}
