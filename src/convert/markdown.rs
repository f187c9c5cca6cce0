//! Markdown with YAML front matter: CommonMark with tables, whose HTML goes through [`html`](super::html)
//! like any other.

use pulldown_cmark::{Options, Parser};
use saphyr::{LoadableYamlNode, Scalar, Yaml};

use super::html::{Base, blocks};
use super::{ConvertError, Draft, author};
use crate::content::text::line;
use crate::content::{
    Author, Block, Correction, Direction, Href, LanguageTag, Picture, Source, Text, Timestamp,
};

/// More front matter than this is none: nobody writes it by hand.
const LONGEST_FRONT_MATTER: usize = 64 * 1024;

/// Reads a story from Markdown.
///
/// # Errors
/// [`ConvertError::FrontMatter`], [`ConvertError::NoHeadline`] where neither front matter nor a first
/// heading names one, and [`ConvertError::Empty`] where there is no text.
pub fn markdown(source: &str) -> Result<Draft, ConvertError> {
    let source = source.replace("\r\n", "\n");
    let (front, text) = split(&source)?;
    let mut draft = front.map_or_else(|| Ok(Draft::default()), front_matter)?;
    draft.body = body(text);
    let first_is_headline =
        matches!(draft.body.first(), Some(Block::Heading { level: 2, .. })) && first_heading_is_h1(text);
    if first_is_headline && let Block::Heading { text, .. } = draft.body.remove(0) {
        let headline = line(&text.to_plain());
        if draft.headline.is_empty() {
            draft.headline = headline;
        }
    }
    // A picture that opens the text stands above it, and in the teaser.
    if draft.image.is_none()
        && draft.body.len() > 1
        && matches!(draft.body.first(), Some(Block::Figure { .. }))
        && let Block::Figure { picture } = draft.body.remove(0)
    {
        draft.image = Some(picture);
    }
    match (draft.body.is_empty(), draft.headline.is_empty()) {
        (true, _) => Err(ConvertError::Empty),
        (false, true) => Err(ConvertError::NoHeadline),
        (false, false) => Ok(draft),
    }
}

/// The blocks of a piece of Markdown.
#[must_use]
pub fn body(source: &str) -> Vec<Block> {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(source, Options::ENABLE_TABLES));
    blocks(&html, &Base::Own)
}

/// A text of one paragraph, as front matter holds.
fn inline(source: &str) -> Text {
    match body(source).into_iter().next() {
        Some(Block::Paragraph { text }) => text,
        _ => Text::plain(line(source)),
    }
}

fn first_heading_is_h1(text: &str) -> bool {
    use pulldown_cmark::{Event, HeadingLevel, Tag};
    let first = Parser::new(text).next();
    matches!(first, Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })))
}

/// Front matter and text, where the source opens with a line `---`.
fn split(source: &str) -> Result<(Option<&str>, &str), ConvertError> {
    let Some(rest) = source.strip_prefix("---\n") else { return Ok((None, source)) };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Ok((rest.get(..at), rest.get(at + line.len()..).unwrap_or_default()));
        }
        at += line.len();
        if at > LONGEST_FRONT_MATTER {
            break;
        }
    }
    Err(ConvertError::FrontMatter("it opens with '---' and has no second '---' after it".to_owned()))
}

fn front_matter(source: &str) -> Result<Draft, ConvertError> {
    let wrong = |why: &str| ConvertError::FrontMatter(why.to_owned());
    // Anchors and aliases can make a small file a huge one, and a story has no use for them.
    let has_alias = source.lines().any(|line| line.trim_start().starts_with("<<") || names_alias(line));
    if has_alias {
        return Err(wrong(
            "anchors and aliases (&, *) are not supported; put quotes around a value that begins with one",
        ));
    }
    if source.matches(['[', '{']).count() > 1000
        || source.lines().any(|line| line.len() - line.trim_start().len() > 200)
    {
        return Err(wrong("it is nested too deeply"));
    }
    let documents = Yaml::load_from_str(source).map_err(|error| wrong(&error.to_string()))?;
    let Some(root) = documents.into_iter().next() else { return Ok(Draft::default()) };
    if !root.is_mapping() {
        return Err(wrong("it is not a list of names and values"));
    }
    let fields = Fields(&root);
    let time = |names: &[&str]| match fields.text(names) {
        None => Ok(None),
        Some(text) => match Timestamp::parse(&text) {
            None => Err(ConvertError::FrontMatter(format!(
                "'{text}' is not a date and time (as in 2026-04-26T14:02:00+02:00)"
            ))),
            moment => Ok(moment),
        },
    };
    Ok(Draft {
        id: fields.text(&["id", "slug"]),
        headline: fields.text(&["headline", "title"]).unwrap_or_default(),
        kicker: fields.text(&["kicker"]),
        standfirst: fields
            .text(&["standfirst", "subtitle", "description", "summary"])
            .map(|text| inline(&text))
            .unwrap_or_default(),
        byline: fields
            .values(&["byline", "authors", "author"])
            .iter()
            .filter_map(|one| person(one))
            .collect(),
        dateline: fields.text(&["dateline", "place", "location"]),
        published: time(&["published", "date"])?,
        updated: time(&["updated", "lastmod", "modified"])?,
        tags: fields
            .values(&["tags", "keywords", "categories"])
            .iter()
            .filter_map(|tag| scalar(tag))
            .collect(),
        section: fields.text(&["section", "category"]),
        language: fields.text(&["language", "lang"]).and_then(|tag| LanguageTag::parse(&tag)),
        direction: fields.text(&["direction", "dir"]).and_then(|way| Direction::parse(&way)),
        image: fields.values(&["image", "cover"]).first().and_then(|image| picture(image)),
        takeaways: fields
            .values(&["takeaways"])
            .iter()
            .filter_map(|point| scalar(point))
            .map(|point| inline(&point))
            .collect(),
        corrections: fields.values(&["corrections"]).iter().filter_map(|one| correction(one)).collect(),
        body: Vec::new(),
        canonical: fields.text(&["canonical", "url"]).and_then(|url| Href::link(&url)),
        coverage: None,
    })
}

/// Whether a line holds a YAML anchor or alias where a value may stand.
fn names_alias(line: &str) -> bool {
    let value = line
        .split_once(": ")
        .map_or(line, |(_, value)| value)
        .trim_start()
        .trim_start_matches(['-', '[', '{', ' ']);
    let mut chars = value.chars();
    matches!(chars.next(), Some('&' | '*')) && chars.next().is_some_and(char::is_alphanumeric)
}

/// The fields of a mapping, each by any of its names.
struct Fields<'a>(&'a Yaml<'a>);

impl<'a> Fields<'a> {
    fn value(&self, names: &[&str]) -> Option<&'a Yaml<'a>> {
        names.iter().find_map(|name| self.0.as_mapping_get(name))
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        self.value(names).and_then(scalar)
    }

    /// The items of a list; a single value is a list of one.
    fn values(&self, names: &[&str]) -> Vec<&'a Yaml<'a>> {
        match self.value(names) {
            None => Vec::new(),
            Some(Yaml::Sequence(items)) => items.iter().collect(),
            Some(one) => vec![one],
        }
    }
}

/// A value as it would be written, on one line; `None` for nothing.
fn scalar(value: &Yaml) -> Option<String> {
    let text = match value {
        Yaml::Value(Scalar::String(text)) | Yaml::Representation(text, ..) => line(text),
        Yaml::Value(Scalar::Integer(number)) => number.to_string(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.to_string(),
        Yaml::Value(Scalar::Boolean(flag)) => flag.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn person(value: &Yaml) -> Option<Author> {
    if let Some(name) = scalar(value) {
        return Some(author(&name));
    }
    let fields = Fields(value);
    let href = fields.text(&["href", "url", "link"]).and_then(|url| Href::link(&url));
    Some(Author { href, ..author(&fields.text(&["name"])?) })
}

fn picture(value: &Yaml) -> Option<Picture> {
    let fields = Fields(value);
    let url = scalar(value).or_else(|| fields.text(&["src", "url"]))?;
    Some(Picture {
        sources: vec![Source { url: Href::resource(&url)?, width: None }],
        alt: fields.text(&["alt"]),
        caption: fields.text(&["caption"]).map(|text| inline(&text)).unwrap_or_default(),
        credit: fields.text(&["credit"]),
        width: None,
        height: None,
        color: None,
    })
}

fn correction(value: &Yaml) -> Option<Correction> {
    let fields = Fields(value);
    Some(Correction {
        time: Timestamp::parse(&fields.text(&["time", "date"])?)?,
        text: inline(&fields.text(&["text"])?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STORY: &str = "---\ntitle: “The ferry”\nauthor: [Ana Ruiz, {name: Tom Okafor, url: https://example.org/tom}]\ndate: 2026-04-26\n\
                         tags: transport\nlang: en\nid: ferry\nimage: {src: a.webp, alt: A ferry}\nstandfirst: After *eleven* years\n---\n\n\
                         # Ignored, the front matter has one\n\nIt’s **back**, see [here](https://example.org/) or [below](other/).\n\n\
                         ![A boat](boat.jpg \"At the quay\")\n\n> Never sold.\n\n- one\n  - two\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n```rust\nfn x() {}\n```\n\n\
                         - Read also: [LIVE | The crossing](story/crossing/)\n\n<script>alert(1)</script>\n";

    #[test]
    fn front_matter_and_text_become_a_draft() {
        let draft = markdown(STORY).unwrap();
        assert_eq!(draft.headline, "“The ferry”");
        assert_eq!(draft.byline.len(), 2);
        assert_eq!(draft.byline[1].href.as_ref().unwrap().as_str(), "https://example.org/tom");
        assert_eq!(draft.published, Timestamp::parse("2026-04-26"));
        assert_eq!(draft.tags, ["transport"]);
        assert_eq!(draft.image.unwrap().alt.as_deref(), Some("A ferry"));
        assert_eq!(draft.standfirst.to_plain(), "After eleven years");
        let kinds: Vec<&str> = draft
            .body
            .iter()
            .map(|block| match block {
                Block::Paragraph { .. } => "paragraph",
                Block::Figure { .. } => "figure",
                Block::Quotation { .. } => "quotation",
                Block::List(_) => "list",
                Block::Table { .. } => "table",
                Block::Code { .. } => "code",
                Block::Related(_) => "related",
                _ => "other",
            })
            .collect();
        assert_eq!(kinds, ["paragraph", "figure", "quotation", "list", "table", "code", "related"]);
        let Some(Block::Related(link)) = draft.body.last() else { panic!() };
        assert!(link.live);
        assert_eq!(
            (link.headline.as_str(), link.href.as_ref().unwrap().as_str()),
            ("The crossing", "story/crossing/")
        );
    }

    #[test]
    fn the_first_heading_is_the_headline_where_nothing_else_is() {
        let draft = markdown("# The ferry\n\nIt is back.").unwrap();
        assert_eq!((draft.headline.as_str(), draft.body.len()), ("The ferry", 1));
        assert_eq!(markdown("It is back."), Err(ConvertError::NoHeadline));
        assert_eq!(markdown("# The ferry"), Err(ConvertError::Empty));
    }

    #[test]
    fn bad_front_matter_is_told() {
        let wrong = |front: &str| {
            matches!(markdown(&format!("---\n{front}\n---\n\ntext")), Err(ConvertError::FrontMatter(_)))
        };
        assert!(wrong("title: [unclosed"));
        assert!(wrong("- a list"));
        assert!(wrong("title: x\ndate: yesterday"));
        assert!(wrong("a: &a [x, x]\nb: &b [*a, *a]\ntitle: x"));
        assert!(wrong(&format!("a: {}", "[".repeat(50_000))));
        assert!(matches!(markdown("---\ntitle: x\n\nno end"), Err(ConvertError::FrontMatter(_))));
    }

    proptest! {
        #[test]
        fn no_source_makes_it_panic(front in "[a-z:&*\\[{\\]} \n\"'-]{0,80}", text in "\\PC{0,200}") {
            let _ = markdown(&format!("---\n{front}\n---\n{text}"));
            let _ = markdown(&text);
        }
    }
}
