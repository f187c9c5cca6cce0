//! Plain text, in the shape of a page of news that was copied to text: the headline, 'by NAME',
//! paragraphs, 'Read also' lines, and the page's furniture, which is left out.

use super::{ConvertError, Draft, after_read_also, author, read_also};
use crate::content::text::{folded, line, running};
use crate::content::{Block, List, ListItem, Text};

/// What begins the end of a page: nothing after it is of the story.
const END: [&str; 7] = [
    "you may also like",
    "you might also like",
    "leave a comment",
    "leave a reply",
    "related articles",
    "related posts",
    "comments",
];
/// Lines within a page that are not of the story.
const FURNITURE: [&str; 8] = [
    "advertisement",
    "share this",
    "share",
    "print",
    "subscribe to our newsletter",
    "sign up for our newsletter",
    "continue reading",
    "skip to content",
];
const BULLETS: [char; 6] = ['•', '·', '▪', '‣', '*', '-'];

/// Reads a story from plain text.
///
/// # Errors
/// [`ConvertError::Empty`] where there is no text.
pub fn text(source: &str) -> Result<Draft, ConvertError> {
    let mut parts = parts(source).into_iter();
    let headline = parts.next().map(|part| line(&part)).ok_or(ConvertError::Empty)?;
    let mut draft = Draft { headline, ..Draft::default() };
    let mut items: Vec<ListItem> = Vec::new();
    for part in parts {
        let plain = line(&part);
        let name = folded(&plain);
        if END.contains(&name.as_str()) {
            break;
        }
        if FURNITURE.contains(&name.as_str()) || plain.is_empty() {
            continue;
        }
        if draft.byline.is_empty() && draft.body.is_empty() && items.is_empty() {
            draft.byline = byline(&plain);
            if !draft.byline.is_empty() {
                continue;
            }
        }
        let bare = plain.strip_prefix(BULLETS).filter(|rest| rest.starts_with(' ')).map(str::trim);
        match (after_read_also(bare.unwrap_or(&plain)), bare) {
            (Some(words), _) => {
                flush(&mut items, &mut draft.body);
                draft.body.push(Block::Related(read_also(words, None)));
            }
            (None, Some(item)) => items.push(ListItem { text: Text::plain(item), list: None }),
            (None, None) => {
                flush(&mut items, &mut draft.body);
                draft.body.push(Block::Paragraph { text: Text::plain(plain) });
            }
        }
    }
    flush(&mut items, &mut draft.body);
    if draft.body.is_empty() { Err(ConvertError::Empty) } else { Ok(draft) }
}

fn flush(items: &mut Vec<ListItem>, body: &mut Vec<Block>) {
    if !items.is_empty() {
        body.push(Block::List(List { ordered: false, start: None, items: std::mem::take(items) }));
    }
}

/// The parts of the text: what stands between blank lines, with each bulleted line a part of its own, and a
/// line with names right under the headline. A
/// text without blank lines has a part in every line.
fn parts(source: &str) -> Vec<String> {
    let source = running(&source.replace("\r\n", "\n").replace('\r', "\n"));
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let first = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let last = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let lines = lines.get(first..last).unwrap_or_default();
    let spaced = lines.iter().any(|line| line.is_empty());
    let mut parts: Vec<String> = Vec::new();
    let mut open = false;
    for line in lines {
        let signs = parts.len() == 1 && signs(line);
        if line.is_empty() {
            open = false;
        } else if spaced && open && !signs && !line.starts_with(BULLETS) {
            if let Some(part) = parts.last_mut() {
                part.push(' ');
                part.push_str(line);
            }
        } else {
            parts.push((*line).to_owned());
            open = !signs;
        }
    }
    parts
}

/// Whether a line names authors for certain: a headline's second line may begin with 'by' too, but with a
/// capital after it only for names.
fn signs(line: &str) -> bool {
    let names = byline(line);
    !names.is_empty() && names.iter().all(|author| !author.name.starts_with(char::is_lowercase))
}

/// The names of a line like `by Ana Ruiz and Tom Okafor`; none where the line is another.
fn byline(line: &str) -> Vec<crate::content::Author> {
    let Some(names) =
        line.get(..3).filter(|by| by.eq_ignore_ascii_case("by ")).and_then(|by| line.get(by.len()..))
    else {
        return Vec::new();
    };
    // A sentence may begin with 'By' as well.
    if names.chars().count() > 80 || names.ends_with(['.', '!', '?', ':']) {
        return Vec::new();
    }
    names
        .split(',')
        .flat_map(|names| names.split(" and "))
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(author)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_copied_page_becomes_a_story() {
        let source = "\u{feff}The bridge opens\r\n\r\nBy Ana Ruiz and Tom Okafor\r\n\r\nFirst line\r\nof one paragraph.\r\n\r\n\
                      • Read also: LIVE | The opening\r\n• Read also: What it cost\r\n• a plain item\r\n\r\nADVERTISEMENT\r\n\r\nLast.\r\n\r\n\
                      You may also like\r\n\r\nAnother story";
        let draft = text(source.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(draft.headline, "The bridge opens");
        assert_eq!(draft.byline, [author("Ana Ruiz"), author("Tom Okafor")]);
        let item = ListItem { text: "a plain item".into(), list: None };
        assert_eq!(
            draft.body,
            [
                Block::Paragraph { text: "First line of one paragraph.".into() },
                Block::Related(read_also("LIVE | The opening", None)),
                Block::Related(read_also("What it cost", None)),
                Block::List(List { ordered: false, start: None, items: vec![item] }),
                Block::Paragraph { text: "Last.".into() },
            ]
        );
    }

    #[test]
    fn lines_are_paragraphs_where_nothing_is_blank() {
        let draft = text("Headline\nOne.\nTwo.").unwrap();
        assert_eq!(draft.body.len(), 2);
    }

    #[test]
    fn a_sentence_that_begins_with_by_is_no_byline() {
        let draft = text("Headline\n\nBy noon the water had gone.").unwrap();
        assert!(draft.byline.is_empty());
        assert_eq!(draft.body.len(), 1);
    }

    #[test]
    fn a_byline_right_under_the_headline_is_no_part_of_it() {
        let draft = text("Headline of\ntwo lines\nby Jo March\nText.\n\nMore.").unwrap();
        assert_eq!(draft.headline, "Headline of two lines");
        assert_eq!(draft.byline, [author("Jo March")]);
        assert_eq!(draft.body.len(), 2);
        let draft = text("City shaken\nby quake\n\nText.").unwrap();
        assert_eq!(draft.headline, "City shaken by quake");
    }

    #[test]
    fn a_headline_alone_is_no_story() {
        assert_eq!(text("Headline\n"), Err(ConvertError::Empty));
        assert_eq!(text(" \n \n"), Err(ConvertError::Empty));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(source in "[\\PC\n\r•|: -]{0,300}") {
            let _ = text(&source);
        }
    }
}
