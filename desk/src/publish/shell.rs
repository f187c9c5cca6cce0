//! The frame of all pages: takes apart the page that Trunk built, and puts it together around each page's
//! content.
//!
//! The style for the first paint is inline, so that it needs no second file; the rest comes with the app. The
//! script `early.js` runs before the first paint. The tags that load the app wait in a template until the
//! script `start.js` takes them. Each page has a Content Security Policy, which allows inline styles and
//! scripts by their hashes. The policy is the same for all pages, so that a host can send it as a header.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dateline::route::edition_file;
use sha2::{Digest, Sha256};

use super::PublishError;
use super::ledger::{Hash, hash};
use super::style;

/// The Content Security Policy, with places for the hashes of scripts and styles.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self' {style}; \
                      img-src 'self' http: https:; connect-src 'self'; frame-src https:; manifest-src 'self'; \
                      worker-src 'self'; base-uri 'self'; form-action 'none'; object-src 'none'";

const EARLY: &str = include_str!("early.js");
const START: &str = include_str!("start.js");

/// The order of the layers. The style of live blogs comes before the other style in a page, so it has to
/// repeat this.
const LAYERS: &str = "@layer tokens, reset, base, layout, things, live, print;";
/// The style of live blogs, which only their own pages need for the first paint.
const LIVE: &str = "live";

/// The frame of each page.
pub struct Shell {
    /// What is kept of Trunk's head: icons, preloads, the loader.
    head: String,
    /// The same without the tags that load the app.
    still: String,
    /// The style.
    style: String,
    /// The style of live blogs.
    live: String,
    /// The link to it, for the other pages: the app may go on to a live blog.
    late: String,
    /// What all pages with content have in common after their own meta tags: tags from Trunk's head, style
    /// and scripts.
    pub common: String,
    /// The policy, for the page and for a host's header.
    pub policy: String,
    /// The hash of all of this.
    pub hash: Hash,
}

/// The content of a page.
#[derive(Debug, Default)]
pub struct Page<'a> {
    /// The path to the base of the publication, relative to the page.
    pub to_base: &'a str,
    /// The language of its content.
    pub language: Option<&'a str>,
    /// The text direction, `ltr` or `rtl`.
    pub direction: Option<&'a str>,
    /// Its title and meta tags.
    pub head: String,
    /// The rendered content.
    pub body: String,
    /// The Dateline JSON of its story.
    pub story: Option<String>,
    /// Whether it shows posts of a live blog.
    pub live: bool,
    /// Whether the app is not loaded on it.
    pub still: bool,
}

impl Shell {
    /// Takes apart the `index.html` that Trunk built in `app`.
    ///
    /// # Errors
    /// [`PublishError::App`] if it does not look like Trunk's.
    pub fn read(app: &Path) -> Result<Self, PublishError> {
        let file = app.join("index.html");
        let page = std::fs::read_to_string(&file).map_err(PublishError::io(&file))?;
        let wrong = |what| PublishError::App { path: file.clone(), what };
        let head = between(&page, "<head>", "</head>").ok_or_else(|| wrong("it has no <head>"))?;
        let mut still = String::new();
        let mut loads = String::new();
        let mut manifest = String::new();
        let (mut style, mut live) = (String::new(), String::new());
        let mut late = String::new();
        let mut rest = head;
        // Comments are left out, and tags of which each page has its own: character set, base, title,
        // description, the publication's name.
        while let Some((before, tag)) = rest.split_once('<') {
            still.push_str(before);
            if let Some(comment) = tag.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let (inside, after) = tag.split_once('>').ok_or_else(|| wrong("a tag in its head has no end"))?;
            let name = inside.split([' ', '\n', '/']).next().unwrap_or_default();
            rest = after;
            match name {
                "base" => {}
                "title" => rest = after.split_once("</title>").map_or("", |(_, after)| after),
                "meta"
                    if [
                        "charset=",
                        "name=\"description\"",
                        "apple-mobile-web-app-title",
                        "Content-Security-Policy",
                    ]
                    .iter()
                    .any(|it| inside.contains(it)) => {}
                "link" if inside.contains("rel=\"stylesheet\"") => {
                    let href = attribute(inside, "href").ok_or_else(|| wrong("a style has no address"))?;
                    let name = href.trim_start_matches("./");
                    let file = app.join(name);
                    let is_of =
                        |stem: &str| name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-'));
                    let text = std::fs::read_to_string(&file).map_err(PublishError::io(&file))?;
                    let link = format!("<link rel=\"stylesheet\" href=\"{name}\">\n");
                    if is_of(LIVE) {
                        live = text;
                        late += &link;
                    } else {
                        style += &text;
                    }
                }
                "script" => {
                    let (code, after) =
                        after.split_once("</script>").ok_or_else(|| wrong("a script has no end"))?;
                    let script = format!("<{inside}>{code}</script>\n");
                    // The inline script that sets the reader's appearance is for every page.
                    if inside.contains("module") || inside.contains("src=") {
                        loads += &script;
                    } else {
                        still += &script;
                    }
                    rest = after;
                }
                "link" if inside.contains("preload") => loads += &format!("<{inside}>\n"),
                "link" if inside.contains("rel=\"manifest\"") => manifest = format!("<{inside}>\n"),
                _ => still += &format!("<{inside}>\n"),
            }
        }
        let style = style::squeezed(&style);
        if style.contains("</") || live.contains("</") || style.is_empty() {
            return Err(wrong("its style can't stand in a page"));
        }
        let trimmed = |text: &str| -> String {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.flat_map(|line| [line, "\n"]).collect()
        };
        let (still, loads) = (trimmed(&still), trimmed(&loads));
        let head = format!("{still}{manifest}{loads}");
        let (early, start) = (squeezed(EARLY), squeezed(START));
        let scripts: String = inline_scripts(&head)
            .chain([early.as_str(), &start])
            .map(|it| format!(" {}", allowed(it)))
            .collect();
        let live = format!("{LAYERS}\n{}", style::squeezed(&live));
        let policy = POLICY
            .replace("{scripts}", &scripts)
            .replace("{style}", &format!("{} {}", allowed(&style), allowed(&live)));
        // With the attributes of the app's own `fetch`, so that there is one request. The manifest waits for
        // the app: it would take a connection from more urgent files.
        let edition = format!(
            "<link rel=\"preload\" as=\"fetch\" crossorigin=\"anonymous\" href=\"{}\">\n",
            edition_file()
        );
        let waiting = format!("<template data-app>\n{loads}{edition}{late}{manifest}</template>\n");
        let end = format!("<style>{style}</style>\n<script>{early}</script>\n</head>\n<body");
        let (common, still) =
            (format!("{still}{waiting}<script>{start}</script>\n{end}"), format!("{still}{manifest}{end}"));
        let kept = [&common, &still, &live, &late, &policy].map(String::as_bytes);
        let hash = hash(&kept);
        Ok(Self { head, still, style, live, late, common, policy, hash })
    }

    /// Whether pages link to this style of the app, so that it has to be published. The others are inline.
    #[must_use]
    pub fn links(&self, style: &str) -> bool {
        self.late.contains(style)
    }

    /// A whole page.
    #[must_use]
    pub fn page(&self, page: &Page<'_>) -> String {
        let Self { policy, .. } = self;
        let common = match page {
            Page { still: true, .. } => self.still.clone(),
            // It has that style already.
            Page { live: true, .. } => self.common.replacen(&self.late, "", 1),
            _ => self.common.clone(),
        };
        let own_words = page.language.is_some_and(|tag| !tag.to_ascii_lowercase().starts_with("en"));
        // The interface is in English; the page as a whole is in the language of its content.
        let around = if own_words || page.direction == Some("rtl") { " lang=\"en\" dir=\"ltr\"" } else { "" };
        let language = page.language.unwrap_or("en");
        let direction = page.direction.map(|dir| format!(" dir=\"{dir}\"")).unwrap_or_default();
        let story = page.story.as_deref().map(|story| {
            let id = dateline::route::STORY_IN_PAGE;
            format!("<script type=\"application/json\" id=\"{id}\">{}</script>\n", harmless(story))
        });
        let story = story.unwrap_or_default();
        let Page { to_base, head: own, body, .. } = page;
        let live = if page.live { format!("<style>{}</style>\n", self.live) } else { String::new() };
        format!(
            "<!doctype html>\n<html lang=\"{language}\"{direction}>\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<base href=\"{to_base}\">\n\
             {own}{live}{common}{around}>\n\
             <div id=\"shell\">{body}</div>\n{story}</body>\n</html>\n"
        )
    }

    /// A page without content, for screens that only the app can fill.
    #[must_use]
    pub fn plain(&self, to_base: &str, head: &str) -> String {
        let words = "<h1>This page needs JavaScript</h1><p>What you keep is on your device alone, and shown by the app. \
                     All stories can be read without it.</p>";
        self.empty(to_base, head, words)
    }

    /// A page without content, for unknown addresses.
    #[must_use]
    pub fn bare(&self, to_base: &str, head: &str) -> String {
        let words = "<h1>There is no such page</h1><p>The story may have been taken back, or the address is not quite \
                     right.</p>";
        self.empty(to_base, head, words)
    }

    fn empty(&self, to_base: &str, head: &str, words: &str) -> String {
        let Self { head: kept, style, late, policy, .. } = self;
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<base href=\"{to_base}\">\n\
             {head}{kept}<style>{style}</style>\n{late}</head>\n<body>\n<div id=\"shell\"><noscript><main class=\"state\">\
             {words}<p><a href=\"./\">Go to the front page</a></p></main></noscript></div>\n</body>\n</html>\n"
        )
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.split_once(start)?.1.split_once(end).map(|(inside, _)| inside)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    between(tag, &format!("{name}=\""), "\"")
}

/// The inline scripts of a page.
fn inline_scripts(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(script)
    })
}

/// The hash of an inline script or style, as a policy has it.
fn allowed(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// A script without its comments and indentation.
fn squeezed(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Escapes JSON for a script element: without `<` there is no markup in it. In JSON, that character is only
/// in strings, so the value is the same.
#[must_use]
pub fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// Escapes text for an attribute or an element.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUNK: &str = r#"<!DOCTYPE html><html lang="en"><head>
    <meta charset="utf-8" />
    <base href="./" />
    <!-- a <title> in a comment -->
    <meta name="viewport" content="width=device-width" />
    <meta name="description" content="News" />
    <title>Dateline</title>
    <link rel="stylesheet" href="./dateline-1.css"/>
    <link rel="modulepreload" href="./dateline-1.js" crossorigin="anonymous" />
    <script type="module">start('<base href="x">')</script><script src="a.js"></script>
  </head><body><div id="shell"></div></body></html>"#;

    fn shell() -> Shell {
        let app = tempfile::tempdir().unwrap();
        std::fs::write(app.path().join("index.html"), TRUNK).unwrap();
        std::fs::write(app.path().join("dateline-1.css"), "p{color:red}").unwrap();
        Shell::read(app.path()).unwrap()
    }

    #[test]
    fn a_page_keeps_what_is_common_and_has_its_own() {
        let page = shell().page(&Page { to_base: "../../", body: "<p>x</p>".to_owned(), ..Page::default() });
        assert_eq!(page.matches("<meta charset").count(), 1);
        assert_eq!(page.matches("<base href=\"../../\">").count(), 1);
        assert!(!page.contains("<title>") && !page.contains("rel=\"stylesheet\"") && !page.contains("<!--"));
        assert!(page.contains("<meta name=\"viewport\"") && page.contains("rel=\"modulepreload\""));
        assert!(
            page.contains("<style>p{color:red}</style>") && page.contains("<div id=\"shell\"><p>x</p></div>")
        );
        assert!(page.find("Content-Security-Policy").unwrap() < page.find("<base").unwrap());
    }

    #[test]
    fn a_page_that_stays_as_it_is_loads_no_app() {
        let page = shell().page(&Page { still: true, ..Page::default() });
        assert!(page.contains("<meta name=\"viewport\"") && page.contains("<style>"));
        assert!(
            !page.contains("dateline-1.js") && !page.contains("start(") && !page.contains("a.js"),
            "{page}"
        );
        assert_eq!(page.matches("<script").count(), 1, "its own words of times");
    }

    #[test]
    fn a_page_allows_its_own_scripts_and_style_alone() {
        let shell = shell();
        let hash = STANDARD.encode(Sha256::digest("start('<base href=\"x\">')"));
        assert!(
            shell.policy.contains(&format!("'wasm-unsafe-eval' 'sha256-{hash}' 'sha256-")),
            "{}",
            shell.policy
        );
        assert_eq!(shell.policy.matches("sha256-").count(), 5);
        assert!(!shell.policy.contains("'unsafe-inline'"));
    }

    #[test]
    fn the_first_paint_has_the_style_that_it_needs_and_no_more() {
        let app = tempfile::tempdir().unwrap();
        let link = |name: &str| format!("<link rel=\"stylesheet\" href=\"./{name}-1.css\"/>");
        let links = ["dateline", "live"].map(link).concat();
        std::fs::write(app.path().join("index.html"), TRUNK.replace(&link("dateline"), &links)).unwrap();
        for (name, color) in [("dateline", "red"), ("live", "blue")] {
            std::fs::write(app.path().join(format!("{name}-1.css")), format!("p{{color:{color}}}")).unwrap();
        }
        let shell = Shell::read(app.path()).unwrap();
        let article = shell.page(&Page::default());
        assert!(article.contains("color:red") && !article.contains("color:blue"));
        assert!(article.contains("href=\"live-1.css\""));
        let live = shell.page(&Page { live: true, ..Page::default() });
        assert!(live.contains("color:blue") && !live.contains("live-1.css"), "it has it already");
        let still = shell.page(&Page { still: true, ..Page::default() });
        assert!(!still.contains("live-1.css"));
    }

    #[test]
    fn json_in_a_page_ends_no_element() {
        let text = harmless(r#"{"a":"</script><!--<script>"}"#);
        assert!(!text.contains('<'));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["a"], "</script><!--<script>");
    }

    #[test]
    fn a_page_in_another_language_says_so() {
        let page = shell().page(&Page { language: Some("ar"), direction: Some("rtl"), ..Page::default() });
        assert!(
            page.contains("<html lang=\"ar\" dir=\"rtl\">")
                && page.contains("<body lang=\"en\" dir=\"ltr\">")
        );
        assert!(shell().page(&Page::default()).contains("<html lang=\"en\">"));
    }
}
