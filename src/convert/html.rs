//! HTML into typed blocks: an allow list, a depth cap, and no HTML afterwards.
//!
//! Elements that carry meaning in a story become its blocks and marks; scripts, styles, templates, SVG
//! and the like go with their content; all others are passed through to what is in them.

use url::Url;

use super::tree::{NodeId, Tree};
use super::{after_read_also, read_also};
use crate::content::text::{line, running};
use crate::content::{
    Block, Direction, Href, Inline, LanguageTag, List, ListItem, Mark, Picture, Source, Text,
};

/// Marks within marks and blocks within blocks, at the most; the reader's decoder bears more.
const DEEPEST_MARKS: usize = 3;
const DEEPEST_BLOCKS: usize = 1;
const DEEPEST_LISTS: usize = 3;

/// Gone, with all that is in them.
const DROPPED: [&str; 24] = [
    "script",
    "style",
    "template",
    "svg",
    "math",
    "noscript",
    "head",
    "title",
    "object",
    "applet",
    "canvas",
    "select",
    "option",
    "textarea",
    "button",
    "input",
    "dialog",
    "datalist",
    "frameset",
    "noembed",
    "noframes",
    "xmp",
    "plaintext",
    "portal",
];

/// Blocks of their own, or containers of such.
const BLOCKS: [&str; 41] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "menu",
    "li",
    "blockquote",
    "figure",
    "figcaption",
    "table",
    "pre",
    "hr",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "aside",
    "iframe",
    "video",
    "audio",
    "embed",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "nav",
    "address",
    "form",
    "fieldset",
    "center",
    "img",
    "picture",
    "body",
];

/// Where addresses in a piece of HTML count from.
#[derive(Clone, Debug)]
pub enum Base {
    /// From the page's own address.
    Page(Url),
    /// Relative addresses are the author's own and stay as they are.
    Own,
    /// Unknown: relative links lead nowhere, and become text.
    Unknown,
}

impl Base {
    /// The base of a page that is at `address`, if that is a whole one.
    #[must_use]
    pub fn page(address: &str) -> Self {
        Url::parse(address)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .map_or(Self::Unknown, Self::Page)
    }

    /// An address to follow.
    #[must_use]
    pub fn link(&self, raw: &str) -> Option<Href> {
        let href = Href::link(raw)?;
        if href.scheme().is_some() {
            return Some(href);
        }
        match self {
            Self::Page(page) => Href::link(page.join(href.as_str()).ok()?.as_str()),
            Self::Own => Some(href),
            Self::Unknown => None,
        }
    }

    /// An address to load from. A relative one may be a file beside the source, so it stays.
    #[must_use]
    pub fn resource(&self, raw: &str) -> Option<Href> {
        Href::resource(raw).filter(|href| !href.as_str().starts_with('#'))
    }
}

/// The blocks of a piece of HTML. It takes time in proportion to its length.
#[must_use]
pub fn blocks(html: &str, base: &Base) -> Vec<Block> {
    let tree = Tree::parse(html);
    Converter::new(&tree, base).blocks(0)
}

/// What turns a tree into blocks.
pub(super) struct Converter<'a> {
    tree: &'a Tree,
    base: &'a Base,
    /// Elements that are the page's and not the story's.
    skip: Vec<bool>,
    has_block: Vec<bool>,
}

impl<'a> Converter<'a> {
    pub(super) fn new(tree: &'a Tree, base: &'a Base) -> Self {
        Self { tree, base, skip: vec![false; tree.len()], has_block: with_blocks(tree) }
    }

    /// Leaves out these elements too.
    pub(super) fn skipping(mut self, skip: Vec<bool>) -> Self {
        self.skip = skip;
        self
    }

    /// The blocks within an element.
    pub(super) fn blocks(&self, id: NodeId) -> Vec<Block> {
        let mut blocks = Vec::new();
        self.flow(self.tree.children(id), 0, &mut blocks);
        blocks
    }

    fn is_skipped(&self, id: NodeId) -> bool {
        DROPPED.contains(&self.tree.name(id)) || self.skip.get(id).copied().unwrap_or(false)
    }

    /// Content that is blocks and text side by side. `depth` counts the blocks around it.
    fn flow(&self, nodes: &[NodeId], depth: usize, out: &mut Vec<Block>) {
        let mut loose: Vec<NodeId> = Vec::new();
        for &id in nodes {
            if self.is_skipped(id) {
                continue;
            }
            if self.has_block.get(id).copied().unwrap_or(false) {
                self.paragraph(&std::mem::take(&mut loose), out);
                self.block(id, depth, out);
            } else {
                loose.push(id);
            }
        }
        self.paragraph(&loose, out);
    }

    fn paragraph(&self, nodes: &[NodeId], out: &mut Vec<Block>) {
        let text = self.text(nodes);
        if text.is_empty() {
            return;
        }
        match self.related(nodes, &text) {
            Some(related) => out.push(related),
            None => out.push(Block::Paragraph { text }),
        }
    }

    /// A paragraph or item that says `Read also: …`.
    fn related(&self, nodes: &[NodeId], text: &Text) -> Option<Block> {
        let plain = line(&text.to_plain());
        let words = after_read_also(plain.trim_start_matches(['•', '-', ' ']))?;
        let href = self.first_link(nodes);
        Some(Block::Related(read_also(words, href)))
    }

    fn first_link(&self, nodes: &[NodeId]) -> Option<Href> {
        nodes.iter().find_map(|&id| match self.tree.name(id) {
            "a" => self.tree.attribute(id, "href").and_then(|href| self.base.link(href)),
            _ => self.first_link(self.tree.children(id)),
        })
    }

    fn block(&self, id: NodeId, depth: usize, out: &mut Vec<Block>) {
        let tree = self.tree;
        let children = tree.children(id);
        match tree.name(id) {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = match tree.name(id) {
                    "h1" | "h2" => 2,
                    "h3" => 3,
                    _ => 4,
                };
                let text = self.text(children);
                if !text.is_empty() {
                    out.push(Block::Heading { level, text });
                }
                self.pictures_within(id, out);
            }
            "ul" | "ol" | "menu" => self.list(id, out),
            "blockquote" => self.quotation(id, out),
            "figure" => self.figure(id, depth, out),
            "img" | "picture" => out.extend(self.picture(id).map(|picture| Block::Figure { picture })),
            "table" => self.table(id, depth, out),
            "pre" => {
                let text = running(&tree.inner_text(id)).trim_matches('\n').to_owned();
                if !text.trim().is_empty() {
                    out.push(Block::Code { language: self.code_language(id), text });
                }
            }
            "hr" => out.push(Block::Divider),
            "dl" => self.questions(id, depth, out),
            "details" | "aside" => self.fact_box(id, depth, out),
            "iframe" | "video" | "audio" | "embed" => out.extend(self.embed(id)),
            _ => self.flow(children, depth, out),
        }
    }

    fn list(&self, id: NodeId, out: &mut Vec<Block>) {
        let items: Vec<NodeId> =
            self.tree.children(id).iter().copied().filter(|item| !self.is_skipped(*item)).collect();
        let links: Vec<Block> = items
            .iter()
            .filter_map(|item| self.related(self.tree.children(*item), &self.text(self.tree.children(*item))))
            .collect();
        let written = items.iter().filter(|item| self.tree.name(**item) == "li").count();
        if !links.is_empty() && links.len() == written {
            out.extend(links);
            return;
        }
        if let Some(list) = self.typed_list(id, 0) {
            out.push(Block::List(list));
        }
        for item in items {
            self.pictures_within(item, out);
        }
    }

    fn typed_list(&self, id: NodeId, depth: usize) -> Option<List> {
        let ordered = self.tree.name(id) == "ol";
        let start = self.tree.attribute(id, "start").and_then(|start| start.parse().ok()).filter(|_| ordered);
        let mut items: Vec<ListItem> = Vec::new();
        for &child in self.tree.children(id) {
            if self.is_skipped(child) {
                continue;
            }
            let is_list = |id: &&NodeId| matches!(self.tree.name(**id), "ul" | "ol" | "menu");
            // Some pages put a list straight into a list; it belongs to the item before.
            if is_list(&&child) {
                if let (Some(last), true) = (items.last_mut(), depth < DEEPEST_LISTS)
                    && last.list.is_none()
                {
                    last.list = self.typed_list(child, depth + 1);
                }
                continue;
            }
            let (inner, own): (Vec<&NodeId>, Vec<&NodeId>) =
                self.tree.children(child).iter().partition(is_list);
            let own: Vec<NodeId> = own.into_iter().copied().collect();
            let text = if own.is_empty() && self.tree.text(child).is_some() {
                self.text(&[child])
            } else {
                self.text(&own)
            };
            let list = inner
                .first()
                .filter(|_| depth < DEEPEST_LISTS)
                .and_then(|list| self.typed_list(**list, depth + 1));
            if !text.is_empty() || list.is_some() {
                items.push(ListItem { text, list });
            }
        }
        (!items.is_empty()).then_some(List { ordered, start, items })
    }

    fn quotation(&self, id: NodeId, out: &mut Vec<Block>) {
        let mut inner = Vec::new();
        let is_source = |id: &&NodeId| matches!(self.tree.name(**id), "footer" | "cite" | "figcaption");
        let (source, said): (Vec<&NodeId>, Vec<&NodeId>) = self.tree.children(id).iter().partition(is_source);
        let said: Vec<NodeId> = said.into_iter().copied().collect();
        self.flow(&said, DEEPEST_BLOCKS, &mut inner);
        let mut paragraphs = Vec::new();
        for block in &inner {
            match block {
                Block::Paragraph { text } | Block::Heading { text, .. } => paragraphs.push(text.clone()),
                Block::List(list) => paragraphs
                    .extend(list.items.iter().map(|item| item.text.clone()).filter(|text| !text.is_empty())),
                _ => {}
            }
        }
        let attribution = source.first().map(|source| line(&self.text(&[**source]).to_plain()));
        let attribution = attribution
            .map(|who| who.trim_start_matches(['—', '–', '-', ' ']).to_owned())
            .filter(|who| !who.is_empty());
        let href = self.tree.attribute(id, "cite").and_then(|cite| self.base.link(cite));
        if !paragraphs.is_empty() {
            out.push(Block::Quotation { paragraphs, attribution, href });
        }
    }

    fn figure(&self, id: NodeId, depth: usize, out: &mut Vec<Block>) {
        let caption =
            self.tree.children(id).iter().copied().find(|child| self.tree.name(*child) == "figcaption");
        let said = caption.map(|caption| self.text(&[caption])).unwrap_or_default();
        let mut inner = Vec::new();
        let rest: Vec<NodeId> =
            self.tree.children(id).iter().copied().filter(|child| Some(*child) != caption).collect();
        self.flow(&rest, depth, &mut inner);
        let only_pictures =
            !inner.is_empty() && inner.iter().all(|block| matches!(block, Block::Figure { .. }));
        if only_pictures && inner.len() > 1 {
            let pictures = inner.into_iter().filter_map(|block| match block {
                Block::Figure { picture } => Some(picture),
                _ => None,
            });
            out.push(Block::Gallery { pictures: pictures.collect(), caption: said });
            return;
        }
        if let (Some(Block::Quotation { attribution, .. }), false) = (inner.first_mut(), said.is_empty()) {
            attribution.get_or_insert_with(|| line(&said.to_plain()));
        } else if let (Some(Block::Figure { picture }), true) = (inner.first_mut(), only_pictures) {
            picture.caption = said;
        } else if !said.is_empty() {
            inner.push(Block::Paragraph { text: said });
        }
        out.extend(inner);
    }

    /// Pictures in places where only text is kept.
    fn pictures_within(&self, id: NodeId, out: &mut Vec<Block>) {
        for &child in self.tree.children(id) {
            if self.is_skipped(child) {
                continue;
            }
            if matches!(self.tree.name(child), "img" | "picture") {
                out.extend(self.picture(child).map(|picture| Block::Figure { picture }));
            } else {
                self.pictures_within(child, out);
            }
        }
    }

    fn picture(&self, id: NodeId) -> Option<Picture> {
        let tree = self.tree;
        let image = if tree.name(id) == "img" {
            id
        } else {
            tree.children(id).iter().copied().find(|child| tree.name(*child) == "img")?
        };
        let number = |name| {
            tree.attribute(image, name).and_then(|value| value.trim_end_matches("px").parse::<u32>().ok())
        };
        let (width, height) = (number("width"), number("height"));
        // A picture of one pixel watches the reader and shows nothing.
        if width.is_some_and(|width| width <= 2) || height.is_some_and(|height| height <= 2) {
            return None;
        }
        let mut sources: Vec<Source> = Vec::new();
        for candidate in tree.attribute(image, "srcset").unwrap_or_default().split(", ") {
            let mut parts = candidate.split_ascii_whitespace();
            let url = parts.next().and_then(|url| self.base.resource(url));
            let wide = parts.next().and_then(|wide| wide.strip_suffix('w')?.parse().ok());
            if let (Some(url), Some(wide)) = (url, wide) {
                sources.push(Source { url, width: Some(wide) });
            }
        }
        let plain =
            ["src", "data-src", "data-lazy-src"].into_iter().filter_map(|name| tree.attribute(image, name));
        let plain = plain.filter_map(|src| self.base.resource(src)).next();
        if sources.is_empty() {
            sources.push(Source { url: plain?, width });
        }
        sources.sort_by_key(|source| source.width);
        let caption = tree.attribute(image, "title").map(line).map(Text::plain).unwrap_or_default();
        let alt = tree.raw_attribute(image, "alt").map(line);
        Some(Picture { sources, alt, caption, credit: None, width, height, color: None })
    }

    fn table(&self, id: NodeId, depth: usize, out: &mut Vec<Block>) {
        let mut rows = Vec::new();
        let mut caption = Text::default();
        self.rows(id, &mut rows, &mut caption);
        let cell_count = rows.iter().map(|row: &Row| row.cells.len()).max().unwrap_or(0);
        // One column is no table: pages are laid out with such.
        if cell_count < 2 {
            self.flow_of_layout(id, depth, out);
            return;
        }
        let columns =
            if rows.first().is_some_and(|row| row.is_head) { rows.remove(0).cells } else { Vec::new() };
        let row_names = !rows.is_empty() && rows.iter().all(|row| row.has_name);
        let rows: Vec<Vec<Text>> = rows.into_iter().map(|row| row.cells).collect();
        if !rows.is_empty() {
            out.push(Block::Table { caption, columns, rows, row_names });
        }
    }

    fn rows(&self, id: NodeId, rows: &mut Vec<Row>, caption: &mut Text) {
        for &child in self.tree.children(id) {
            match self.tree.name(child) {
                "caption" => *caption = self.text(&[child]),
                "tr" => {
                    let cells = self
                        .tree
                        .children(child)
                        .iter()
                        .copied()
                        .filter(|cell| matches!(self.tree.name(*cell), "td" | "th"));
                    let cells: Vec<NodeId> = cells.collect();
                    let heads = cells.iter().filter(|cell| self.tree.name(**cell) == "th").count();
                    let row = Row {
                        is_head: heads > 0 && heads == cells.len(),
                        has_name: heads == 1
                            && cells.first().is_some_and(|cell| self.tree.name(*cell) == "th"),
                        cells: cells.iter().map(|cell| self.text(&[*cell])).collect(),
                    };
                    if !row.cells.is_empty() {
                        rows.push(row);
                    }
                }
                "thead" | "tbody" | "tfoot" => self.rows(child, rows, caption),
                _ => {}
            }
        }
    }

    fn flow_of_layout(&self, id: NodeId, depth: usize, out: &mut Vec<Block>) {
        for &child in self.tree.children(id) {
            match self.tree.name(child) {
                "thead" | "tbody" | "tfoot" | "tr" => self.flow_of_layout(child, depth, out),
                _ => self.flow(&[child], depth, out),
            }
        }
    }

    fn questions(&self, id: NodeId, depth: usize, out: &mut Vec<Block>) {
        let mut question: Option<Text> = None;
        for &child in self.tree.children(id) {
            match self.tree.name(child) {
                "dt" => question = Some(self.text(self.tree.children(child))).filter(|text| !text.is_empty()),
                "dd" if depth < DEEPEST_BLOCKS => {
                    let mut answer = Vec::new();
                    self.flow(self.tree.children(child), depth + 1, &mut answer);
                    match (question.take(), answer.is_empty()) {
                        (Some(question), false) => out.push(Block::QuestionAnswer { question, answer }),
                        (Some(text), true) => out.push(Block::Paragraph { text }),
                        (None, _) => out.append(&mut answer),
                    }
                }
                "div" => self.questions(child, depth, out),
                _ => self.flow(&[child], depth, out),
            }
        }
        if let Some(text) = question {
            out.push(Block::Paragraph { text });
        }
    }

    /// Background with a title; without one it is passed through.
    fn fact_box(&self, id: NodeId, depth: usize, out: &mut Vec<Block>) {
        let is_title = |name: &str| matches!(name, "summary" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        let children = self.tree.children(id);
        let title = children.iter().copied().find(|child| is_title(self.tree.name(*child)));
        let words = title
            .map(|title| line(&self.text(self.tree.children(title)).to_plain()))
            .filter(|words| !words.is_empty());
        let rest: Vec<NodeId> = children.iter().copied().filter(|child| Some(*child) != title).collect();
        match words.filter(|_| depth < DEEPEST_BLOCKS) {
            Some(title) => {
                let mut body = Vec::new();
                self.flow(&rest, depth + 1, &mut body);
                if !body.is_empty() {
                    out.push(Block::FactBox { title, body });
                }
            }
            None => self.flow(children, depth, out),
        }
    }

    fn embed(&self, id: NodeId) -> Option<Block> {
        let tree = self.tree;
        let source = tree.children(id).iter().copied().find(|child| tree.name(*child) == "source");
        let src =
            tree.attribute(id, "src").or_else(|| source.and_then(|source| tree.attribute(source, "src")))?;
        let href = self
            .base
            .link(src)
            .filter(|href| href.scheme().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")))?;
        let media = match tree.name(id) {
            "video" | "audio" => tree.name(id),
            _ => "page",
        };
        let title = ["title", "aria-label"].into_iter().find_map(|name| tree.attribute(id, name)).map(line);
        let title = title
            .filter(|title| !title.is_empty())
            .unwrap_or_else(|| href.host().unwrap_or("Another site").to_owned());
        Some(Block::Embed { media: media.to_owned(), title, href })
    }

    fn code_language(&self, id: NodeId) -> Option<String> {
        let code = self.tree.children(id).iter().copied().find(|child| self.tree.name(*child) == "code");
        let class = [Some(id), code].into_iter().flatten().find_map(|id| self.tree.attribute(id, "class"))?;
        let language = class.split_ascii_whitespace().find_map(|word| word.strip_prefix("language-"))?;
        Some(line(language)).filter(|language| !language.is_empty())
    }

    /// The words of these nodes, with their marks.
    fn text(&self, nodes: &[NodeId]) -> Text {
        let mut inlines = Vec::new();
        self.inlines(nodes, 0, &mut inlines);
        tidy(inlines)
    }

    fn inlines(&self, nodes: &[NodeId], depth: usize, out: &mut Vec<Inline>) {
        for &id in nodes {
            if let Some(text) = self.tree.text(id) {
                out.push(Inline::Text(running(text)));
                continue;
            }
            if self.is_skipped(id)
                || matches!(self.tree.name(id), "img" | "picture" | "iframe" | "video" | "audio" | "embed")
            {
                continue;
            }
            let children = self.tree.children(id);
            if self.tree.name(id) == "br" {
                out.push(Inline::Mark(Mark::Break));
                continue;
            }
            let mut inner = Vec::new();
            let is_mark = depth < DEEPEST_MARKS && self.is_mark(id);
            // Words of neighbouring blocks that become one text keep a space between them.
            let apart = BLOCKS.contains(&self.tree.name(id));
            if apart {
                out.push(Inline::Text(" ".to_owned()));
            }
            self.inlines(children, depth + usize::from(is_mark), &mut inner);
            match self.mark(id, inner, is_mark) {
                Ok(mark) => out.push(Inline::Mark(mark)),
                Err(mut plain) => out.append(&mut plain),
            }
            if apart {
                out.push(Inline::Text(" ".to_owned()));
            }
        }
    }

    fn is_mark(&self, id: NodeId) -> bool {
        matches!(
            self.tree.name(id),
            "a" | "em"
                | "i"
                | "strong"
                | "b"
                | "q"
                | "code"
                | "kbd"
                | "samp"
                | "abbr"
                | "sub"
                | "sup"
                | "span"
                | "bdi"
                | "bdo"
        )
    }

    /// The mark that an element is, or what is in it where it is none.
    fn mark(&self, id: NodeId, inner: Vec<Inline>, is_mark: bool) -> Result<Mark, Vec<Inline>> {
        if !is_mark {
            return Err(inner);
        }
        let tree = self.tree;
        let plain = |inner: &[Inline]| line(&Text(inner.to_vec()).to_plain());
        Ok(match tree.name(id) {
            "a" => match tree.attribute(id, "href").and_then(|href| self.base.link(href)) {
                Some(href) => Mark::Link { text: Text(inner), href },
                None => return Err(inner),
            },
            "em" | "i" => Mark::Emphasis { text: Text(inner) },
            "strong" | "b" => Mark::Strong { text: Text(inner) },
            "q" => Mark::Quotation { text: Text(inner) },
            "code" | "kbd" | "samp" => Mark::Code { text: Text(inner).to_plain() },
            "abbr" => match tree.attribute(id, "title").map(line).filter(|title| !title.is_empty()) {
                Some(title) if !plain(&inner).is_empty() => Mark::Abbreviation { text: plain(&inner), title },
                _ => return Err(inner),
            },
            "sub" => Mark::Subscript { text: Text(inner) },
            "sup" => Mark::Superscript { text: Text(inner) },
            _ => {
                let language = tree.attribute(id, "lang").and_then(LanguageTag::parse);
                let direction = tree.attribute(id, "dir").and_then(Direction::parse);
                if language.is_none() && direction.is_none() {
                    return Err(inner);
                }
                Mark::Span { text: Text(inner), language, direction }
            }
        })
    }
}

struct Row {
    cells: Vec<Text>,
    is_head: bool,
    has_name: bool,
}

/// Which nodes are blocks or hold some: children have higher numbers, so one pass from the end will do.
fn with_blocks(tree: &Tree) -> Vec<bool> {
    let mut has_block = vec![false; tree.len()];
    for id in (0..tree.len()).rev() {
        let own = BLOCKS.contains(&tree.name(id));
        let inner = tree.children(id).iter().any(|child| has_block.get(*child).copied().unwrap_or(false));
        if let Some(slot) = has_block.get_mut(id) {
            *slot = own || (inner && !DROPPED.contains(&tree.name(id)));
        }
    }
    has_block
}

/// Collapses white space as a browser would, across marks, and drops what is empty.
fn tidy(inlines: Vec<Inline>) -> Text {
    let mut at_space = true;
    let mut tidied = collapse(inlines, &mut at_space);
    trim_end(&mut tidied);
    Text(tidied)
}

fn collapse(inlines: Vec<Inline>, at_space: &mut bool) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) => {
                let mut kept = String::new();
                for c in text.chars() {
                    // A no-break space is a character like others.
                    let blank = c.is_ascii_whitespace();
                    if !blank || !*at_space {
                        kept.push(if blank { ' ' } else { c });
                    }
                    *at_space = blank;
                }
                match (kept.is_empty(), out.last_mut()) {
                    (true, _) => {}
                    (false, Some(Inline::Text(last))) => last.push_str(&kept),
                    (false, _) => out.push(Inline::Text(kept)),
                }
            }
            Inline::Mark(mark) => {
                let mark = match mark {
                    Mark::Emphasis { text } => Mark::Emphasis { text: Text(collapse(text.0, at_space)) },
                    Mark::Strong { text } => Mark::Strong { text: Text(collapse(text.0, at_space)) },
                    Mark::Link { text, href } => Mark::Link { text: Text(collapse(text.0, at_space)), href },
                    Mark::Quotation { text } => Mark::Quotation { text: Text(collapse(text.0, at_space)) },
                    Mark::Subscript { text } => Mark::Subscript { text: Text(collapse(text.0, at_space)) },
                    Mark::Superscript { text } => {
                        Mark::Superscript { text: Text(collapse(text.0, at_space)) }
                    }
                    Mark::Span { text, language, direction } => {
                        Mark::Span { text: Text(collapse(text.0, at_space)), language, direction }
                    }
                    Mark::Break => {
                        *at_space = true;
                        Mark::Break
                    }
                    Mark::Code { text } => {
                        *at_space = false;
                        Mark::Code { text }
                    }
                    Mark::Abbreviation { text, title } => {
                        *at_space = false;
                        Mark::Abbreviation { text, title }
                    }
                };
                let kept = matches!(mark, Mark::Break) || !Text(vec![Inline::Mark(mark.clone())]).is_empty();
                if kept {
                    out.push(Inline::Mark(mark));
                }
            }
        }
    }
    out
}

fn trim_end(inlines: &mut Vec<Inline>) {
    while let Some(last) = inlines.last_mut() {
        match last {
            Inline::Text(text) => {
                text.truncate(text.trim_end_matches([' ', '\n', '\t']).len());
                if !text.is_empty() {
                    return;
                }
            }
            Inline::Mark(Mark::Break) => {}
            Inline::Mark(_) => return,
        }
        inlines.pop();
    }
}
