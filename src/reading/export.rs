//! Exports the saved stories to other programs: Netscape bookmarks, CSV and Markdown.
//!
//! The texts come from publishers and readers and are escaped for each format, so that nothing in a headline
//! becomes markup, a formula or a link.

use super::lists::Entry;

/// The bookmark format that Netscape introduced, which all browsers and reading lists import. `address` gives
/// the address of a story that has no canonical one.
#[must_use]
pub fn bookmarks(saved: &[Entry], address: &dyn Fn(&Entry) -> String) -> String {
    let mut out = String::from(
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">\n<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n",
    );
    for entry in saved {
        out.push_str("    <DT><A HREF=\"");
        escape_html(&link(entry, address), &mut out);
        out.push_str(&format!("\" ADD_DATE=\"{}\"", entry.time.div_euclid(1000)));
        if !entry.tags.is_empty() {
            // Programs split the tags at commas, so a comma within a tag would make two of it.
            let tags: Vec<String> = entry.tags.iter().map(|tag| tag.replace(',', " ")).collect();
            out.push_str(" TAGS=\"");
            escape_html(&tags.join(","), &mut out);
            out.push('"');
        }
        out.push('>');
        escape_html(&entry.snapshot.headline, &mut out);
        out.push_str("</A>\n");
        if !entry.note.is_empty() {
            out.push_str("    <DD>");
            escape_html(&entry.note, &mut out);
            out.push('\n');
        }
    }
    out.push_str("</DL><p>\n");
    out
}

/// CSV (RFC 4180) with a header line: headline, address, section, when published and saved (`date` formats
/// milliseconds), tags, note, read.
#[must_use]
pub fn csv(saved: &[Entry], address: &dyn Fn(&Entry) -> String, date: &dyn Fn(i64) -> String) -> String {
    let mut out = String::from("headline,address,section,published,saved,tags,note,read\r\n");
    for entry in saved {
        let snapshot = &entry.snapshot;
        let fields = [
            snapshot.headline.clone(),
            link(entry, address),
            snapshot.section.as_ref().map(ToString::to_string).unwrap_or_default(),
            date(snapshot.published),
            date(entry.time),
            entry.tags.join("; "),
            entry.note.clone(),
            if entry.is_read { "yes" } else { "no" }.to_owned(),
        ];
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            csv_field(field, &mut out);
        }
        out.push_str("\r\n");
    }
    out
}

/// A Markdown list (`CommonMark`).
#[must_use]
pub fn markdown(saved: &[Entry], address: &dyn Fn(&Entry) -> String, date: &dyn Fn(i64) -> String) -> String {
    let mut out = String::from("# Saved stories\n\n");
    for entry in saved {
        out.push_str("- [");
        escape_markdown(&entry.snapshot.headline, &mut out);
        out.push_str("](<");
        out.push_str(&link(entry, address));
        out.push_str(">), ");
        out.push_str(&date(entry.snapshot.published));
        for tag in &entry.tags {
            out.push_str(" \\#");
            escape_markdown(&tag.replace(' ', "-"), &mut out);
        }
        out.push('\n');
        for line in entry.note.lines().map(str::trim).filter(|line| !line.is_empty()) {
            out.push_str("\n  > ");
            escape_markdown(line, &mut out);
            out.push('\n');
        }
    }
    out
}

/// The address of a story, if it is a web address and nothing that a program might run. Characters that would
/// end an attribute or a link are encoded.
fn link(entry: &Entry, address: &dyn Fn(&Entry) -> String) -> String {
    let is_web = |url: &&String| url.starts_with("https://") || url.starts_with("http://");
    let link = entry.snapshot.url.as_ref().filter(is_web).cloned().unwrap_or_else(|| address(entry));
    let mut out = String::with_capacity(link.len());
    for c in link.chars() {
        match c {
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '"' => out.push_str("%22"),
            '\\' => out.push_str("%5C"),
            c if c <= ' ' => out.push_str("%20"),
            c => out.push(c),
        }
    }
    out
}

fn escape_html(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
}

/// A field, always in quotation marks. A field that a spreadsheet would run as a formula gets an apostrophe
/// before it, as OWASP advises against CSV injection; so does one with blanks before such a sign.
fn csv_field(text: &str, out: &mut String) {
    out.push('"');
    let runs = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    if text.starts_with(runs) || text.trim_start().starts_with(runs) {
        out.push('\'');
    }
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

/// Any ASCII punctuation may be escaped (`CommonMark`, section 2.4).
fn escape_markdown(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '\'' | '"' | '/' | '?') {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
}
