// Functions that find elements by role and accessible name, as far as the app's pages need them. This is put before each
// script of a test; `browser.rs` lists the functions.

const SELECTORS = {
  alert: "[role=alert]",
  article: "article",
  // To users, a file input is a button.
  button: "button, input[type=file]",
  checkbox: "input[type=checkbox]",
  combobox: "select",
  feed: "[role=feed]",
  group: "fieldset, details, [role=group]",
  heading: "h1, h2, h3, h4, h5, h6",
  image: "img",
  link: "a[href]",
  listitem: "li",
  main: "main",
  navigation: "nav",
  paragraph: "p",
  radio: "input[type=radio]",
  region: "section[aria-label], [role=region]",
  search: "[role=search]",
  searchbox: "input[type=search]",
  status: "[role=status]",
  table: "table",
  textbox: "input:not([type]), textarea",
};
// Roles whose name is their text, if they have no other name.
const NAMED_BY_WORDS = ["button", "heading", "link"];

const words = (element) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();

const nameOf = (element) => {
  const page = element.ownerDocument;
  const ids = element.getAttribute("aria-labelledby");
  if (ids !== null) return ids.split(/\s+/).map((id) => words(page.getElementById(id))).join(" ").trim();
  const given = element.getAttribute("aria-label") ?? element.getAttribute("alt");
  if (given !== null) return given;
  if (element.labels) {
    const label = element.labels[0]?.cloneNode(true);
    // A field within its label is not part of its name.
    label?.querySelectorAll("input, select, textarea").forEach((field) => field.remove());
    if (label) return words(label);
  }
  if (element.matches("fieldset")) return words(element.querySelector("legend"));
  if (element.matches("table")) return words(element.querySelector("caption"));
  return NAMED_BY_WORDS.some((role) => element.matches(SELECTORS[role])) ? words(element) : "";
};

const queryAllByRole = (role, name, within = document) => {
  if (!(role in SELECTORS)) throw new Error(`no test has asked for a ${role} so far`);
  const isNamed = (element) => {
    if (name === undefined) return true;
    return name instanceof RegExp ? name.test(nameOf(element)) : nameOf(element) === name;
  };
  // Elements that are not rendered or are hidden from assistive technology have no role.
  const isThere = (element) => element.checkVisibility() && !element.closest("[aria-hidden=true]");
  return [...within.querySelectorAll(SELECTORS[role])].filter((element) => isNamed(element) && isThere(element));
};

const queryByRole = (role, name, within) => queryAllByRole(role, name, within)[0] ?? null;

// The open story, and its own paragraphs: not those around it or in boxes.
const story = () => queryAllByRole("article").find((article) => article.querySelector("h1")) ?? null;
const paragraphs = () => [...(story()?.querySelectorAll("p") ?? [])]
  .filter((paragraph) => !paragraph.parentElement.closest("header, footer, section, aside, figure, details, article article"));

// Listed stories, in teasers or in the reader's lists, and the reader's marks on one of them.
const listed = () => queryAllByRole("article").filter((article) => article.querySelector("h2 a, h3 a") && !article.querySelector("h1"));
const inList = (headline) => listed().find((article) => words(article.querySelector("h2, h3")) === headline) ?? null;
const marks = (article) => words([...(article?.querySelectorAll("p") ?? [])].findLast((line) => line.querySelector("time")))
  .split(" · ").slice(1);
const markedAs = (mark) => listed().filter((article) => marks(article).includes(mark));

// The posts of a live blog, and the message when updates fail.
const posts = (page = document) => queryAllByRole("article", undefined, queryByRole("feed", undefined, page) ?? page).filter((post) => post.id);
const trouble = (page = document) => words(queryByRole("button", "try now", page)?.closest("p"));

// The texts of notices, which are in the names of the buttons that dismiss them.
const DISMISS = /^Dismiss: /;
const notices = () => queryAllByRole("button", DISMISS).map((button) => nameOf(button).replace(DISMISS, ""));
