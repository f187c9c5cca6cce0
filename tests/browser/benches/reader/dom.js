// Elements, times, texts and pictures, for all screens.

/** An element. Attributes and children that are null or false are left out; `on…` attributes are listeners. */
export function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== undefined && child !== null && child !== false) element.append(child);
  }
}

export const button = (words, press, attributes) =>
  el("button", { type: "button", class: "button", ...attributes, onclick: press }, words);

// Languages that are written from right to left.
const RIGHT_TO_LEFT = /^(ar|arc|dv|fa|ha|he|khw|ks|ku|ps|sd|ug|ur|yi)\b/i;

/** The attributes of an element with its own language. */
export const own = ({ language, direction }) => ({
  lang: language,
  dir: direction ?? (language && (RIGHT_TO_LEFT.test(language) ? "rtl" : "ltr")),
});

// Creating a format takes much longer than using it.
const STYLES = {
  full: { day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  day: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  short: { day: "numeric", month: "short", year: "numeric" },
  clock: { hour: "2-digit", minute: "2-digit" },
  dayAndClock: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
};
const formats = {};

/** A time in the reader's language and zone. */
export function time(at, style) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return null;
  formats[style] ??= new Intl.DateTimeFormat(navigator.language, STYLES[style]);
  return el("time", { datetime: date.toISOString(), lang: navigator.language }, formats[style].format(date));
}

/** A time, with the day if it is not recent. */
export function moment(at) {
  const age = Date.now() - Date.parse(at);
  return time(at, age > -3_600_000 && age < 12 * 3_600_000 ? "clock" : "dayAndClock");
}

/** A link's address; undefined if its scheme is not allowed. */
export const safe = (href) =>
  typeof href === "string" && (/^(https?:|mailto:|tel:)/i.test(href) || !/^[^/?#]*:/.test(href)) ? href : undefined;

export const host = (href) => {
  try {
    return new URL(href, document.baseURI).host;
  } catch {
    return "another site";
  }
};

/** The nodes of a text: strings and marked text. */
export const text = (inlines) => [inlines ?? []].flat().map(inline);

const MARKS = { emphasis: "em", strong: "strong", quotation: "q", subscript: "sub", superscript: "sup", code: "code" };

function inline(it) {
  if (typeof it === "string") return it;
  if (it.kind === "break") return el("br");
  if (it.kind === "link") {
    const href = safe(it.href);
    return href ? el("a", { href }, text(it.text)) : text(it.text);
  }
  if (it.kind === "abbreviation") return el("abbr", { title: it.title }, it.text);
  if (it.kind === "span") return el("bdi", own(it), text(it.text));
  return MARKS[it.kind] ? el(MARKS[it.kind], null, text(it.text)) : text(it.text);
}

/** A text without its marks. */
export const plain = (inlines) =>
  [inlines ?? []].flat().map((it) => (typeof it === "string" ? it : plain(it.text))).join("");

const inEdition = (url) => (/^([a-z][a-z0-9+.-]*:|\/)/i.test(url) ? url : `edition/${url}`);

/** A picture. `sizes` is how wide it is set. */
export function image(picture, sizes, eager) {
  const sources = (picture?.sources ?? []).filter(({ url }) => safe(url));
  if (sources.length === 0) return null;
  const many = sources.length > 1;
  // `src` comes last, because it starts the download.
  return el("img", {
    loading: eager ? "eager" : "lazy",
    decoding: "async",
    fetchpriority: eager ? "high" : null,
    sizes: many ? sizes : null,
    width: picture.width,
    height: picture.height,
    alt: picture.alt ?? "",
    srcset: many ? sources.map(({ url, width }) => `${inEdition(url)} ${width}w`).join(", ") : null,
    src: inEdition(sources[0].url),
  });
}

/** A picture with caption and credit. */
export function figure(picture, sizes, eager) {
  const { caption, credit } = picture;
  const said = (caption || credit) && [
    caption && el("span", { class: "caption" }, text(caption)),
    " ",
    credit && el("span", { class: "credit" }, credit),
  ];
  return el("figure", { class: "figure" }, image(picture, sizes, eager), said && el("figcaption", null, said));
}
