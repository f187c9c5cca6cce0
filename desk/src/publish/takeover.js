// What a published page does when the app comes: what the reader did on it goes on in what the app has built. It stands at
// the end of each page, behind all that the first frame shows, and is allowed by its hash.
((d, w) => {
  const all = (root, what) => [...root.querySelectorAll(what)];
  const shell = () => d.getElementById("shell");
  // The app may have one more of them, or one less, so that each is known by where it is and what it says, and by which
  // of several that say the same it is. One that is not found is better forgotten than taken for another.
  const says = (one) =>
    one.closest("article[id]")?.id + one.getAttribute("aria-label") + (one.querySelector("summary") ?? one).textContent;
  const like = (root, what, words) => all(root, what).filter((one) => says(one) === words);
  // What stands in the app's tree for an element of the page.
  const same = (root, what, one) => like(root, what, says(one))[like(shell(), what, says(one)).indexOf(one)];

  // The way to an element, and back. Texts are found by their place in the text of their element, because a parser
  // joins what the app has in pieces.
  const wayTo = (element) => {
    const way = [];
    const root = shell();
    for (let at = element; at && at !== root; at = at.parentElement) {
      if (!at.parentElement) return null;
      way.unshift([...at.parentElement.children].indexOf(at));
    }
    return way;
  };
  const follow = (root, way) => way?.reduce((at, step) => at?.children[step], root);
  const letter = (node, offset) => {
    const element = node.nodeType === 3 ? node.parentElement : node;
    if (!shell().contains(element)) return null;
    const range = d.createRange();
    range.setStart(element, 0);
    range.setEnd(node, offset);
    return [wayTo(element), range.toString().length];
  };
  const find = (root, [way, count]) => {
    const element = follow(root, way);
    if (!element) return null;
    const texts = d.createTreeWalker(element, 4);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (count <= text.length) return [text, count];
      count -= text.length;
    }
    return [element, 0];
  };

  w.datelineTakeOver = (root) => {
    const { pressed, held, moved, lifts, end } = w.datelineEarly;
    const old = shell();
    const active = d.activeElement;
    const focus = old.contains(active) && active !== old ? [wayTo(active), active.localName] : null;
    const selection = d.getSelection();
    // To ask more of one where none was ever made would have the style of the whole page looked at.
    const ends = selection.rangeCount && !selection.isCollapsed
      ? [
          [selection.anchorNode, selection.anchorOffset],
          [selection.focusNode, selection.focusOffset],
        ].map((end) => letter(...end))
      : null;
    for (const details of all(old, "details")) {
      const found = same(root, "details", details);
      if (found) found.open = details.open;
    }
    const wide = all(old, "[role=region]").map((region) => region.scrollLeft);
    // What is in the cache is on the page in the same frame.
    const images = all(root, "img").map((image) => {
      const was = image.decoding;
      image.decoding = "sync";
      return [image, was];
    });
    const buttons = pressed.map((button) => same(root, "button", button));
    const under = held && same(root, "button", held);
    const focused = follow(root, focus?.[0]);
    const found = ends?.every(Boolean) ? ends.map((end) => find(root, end)) : null;
    const scrolling = all(root, "[role=region]");

    old.replaceWith(...root.childNodes);
    d.documentElement.lang = "en";
    d.documentElement.removeAttribute("dir");
    d.body.removeAttribute("lang");
    d.body.removeAttribute("dir");
    scrolling.forEach((region, at) => {
      // To set it would have the whole page laid out here and now.
      if (wide[at]) region.scrollLeft = wide[at];
    });
    if (focused?.localName === focus?.[1]) focused?.focus({ preventScroll: true });
    if (found?.every(Boolean)) selection.setBaseAndExtent(...found[0], ...found[1]);
    requestAnimationFrame(() =>
      images.forEach(([image, was]) => {
        image.decoding = was;
      }),
    );
    // The browser makes no click of what went down on one element and up on another.
    const lift = (event) => {
      lifts.forEach((name) => w.removeEventListener(name, lift));
      if (event.type === "pointerup" && under.contains(event.target)) under.click();
    };
    if (under) lifts.forEach((name) => w.addEventListener(name, lift));
    end();
    // Its own listener is there; what it does may want the app to have settled.
    setTimeout(() => buttons.forEach((button) => button?.click()));
    return moved;
  };
})(document, window);
