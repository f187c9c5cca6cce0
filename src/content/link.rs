//! Addresses that are safe to put into a page, and links to related stories.

use super::id::StoryId;

/// An address that can be followed or loaded without running code: `http`, `https`, `mailto`, `tel`, or
/// relative. The constructors here check that, so a view need not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema), serde(transparent))]
pub struct Href(String);

/// The longest address in bytes. Browsers cut longer ones or fail.
const LONGEST: usize = 4096;

impl Href {
    /// An address for a link. `None` if its scheme is not allowed, or if it is empty or too long. It is read
    /// like browsers do (URL Standard, section 4.4): control characters and spaces at both ends are removed,
    /// tabs and line breaks are removed everywhere, and a backslash is a slash.
    #[must_use]
    pub fn link(text: &str) -> Option<Self> {
        let href = clean(text)?;
        match scheme(&href) {
            None => Some(Self(href)),
            Some(scheme) => ["http", "https", "mailto", "tel"]
                .iter()
                .any(|known| scheme.eq_ignore_ascii_case(known))
                .then_some(Self(href)),
        }
    }

    /// An address to load something from: `http`, `https` or relative.
    #[must_use]
    pub fn resource(text: &str) -> Option<Self> {
        Self::link(text).filter(|href| {
            href.scheme().is_none_or(|scheme| {
                scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
            })
        })
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme, without the colon. `None` if the address is relative.
    #[must_use]
    pub fn scheme(&self) -> Option<&str> {
        scheme(&self.0)
    }

    /// Whether the address has neither scheme nor host.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.scheme().is_none() && !self.0.starts_with("//")
    }

    /// The host of an `http` or `https` address without `www.`, to tell readers where a link leads.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let after_scheme = match self.scheme() {
            Some(scheme) => self.0.get(scheme.len() + 1..)?,
            None => &self.0,
        };
        let rest = after_scheme.strip_prefix("//")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = host.strip_prefix("www.").unwrap_or(host);
        (!host.is_empty()).then_some(host)
    }
}

/// The address as a browser sees it before it looks at the scheme.
fn clean(text: &str) -> Option<String> {
    let blank = |c: char| c <= ' ';
    let mut href: String =
        text.trim_matches(blank).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    // Other control characters do not belong in an address; it is refused.
    if href.is_empty() || href.len() > LONGEST || href.chars().any(char::is_control) {
        return None;
    }
    // In a special scheme, and in an address relative to one, a backslash is a slash.
    if scheme(&href).is_none_or(|scheme| scheme.to_ascii_lowercase().starts_with("http")) {
        let end = href.find(['?', '#']).unwrap_or(href.len());
        let path = href.get(..end).unwrap_or_default().replace('\\', "/");
        href.replace_range(..end, &path);
    }
    Some(href)
}

/// The scheme of an address (URL Standard, section 4.4, scheme start state). `a b:c` has none: it is relative.
fn scheme(href: &str) -> Option<&str> {
    let (scheme, _) = href.split_once(':')?;
    let opens_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let legal = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    (opens_well && legal).then_some(scheme)
}

/// A link to another story. If it has neither `story` nor `href`, it is shown as text, and becomes a link once
/// a story with this headline is in the edition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "encode", derive(serde::Serialize, schemars::JsonSchema))]
pub struct RelatedLink {
    /// The headline of the other story.
    pub headline: String,
    /// The id of the other story, if it is in this edition.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub story: Option<StoryId>,
    /// Its address, if it is elsewhere.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "Option::is_none"))]
    pub href: Option<Href>,
    /// Whether it is a live blog that has not ended.
    #[cfg_attr(feature = "encode", serde(skip_serializing_if = "std::ops::Not::not", default))]
    pub live: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Option<String> {
        Href::link(text).map(|href| href.0)
    }

    #[test]
    fn links_that_lead_somewhere_are_kept() {
        for good in [
            "https://example.org/a?b=c#d",
            "HTTP://EXAMPLE.ORG",
            "mailto:desk@example.org",
            "tel:+33123456789",
            "/a",
            "a/b",
            "../a",
            "#part",
            "?q=1",
            "//example.org/x",
            "a b:c",
            "1:2",
            "story/x:y/",
        ] {
            assert_eq!(link(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn addresses_that_run_code_are_refused() {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "java\nscript:alert(1)",
            "java\tscript:alert(1)",
            "jav\rascript\t:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:x",
            "view-source:x",
            "",
            "   ",
            "x\u{0}y",
            "http:\u{7f}//x",
            "ftp://example.org",
        ] {
            assert_eq!(link(bad), None, "{bad:?}");
        }
        assert_eq!(link(&"a".repeat(5000)), None);
    }

    #[test]
    fn a_backslash_is_read_as_browsers_read_it() {
        assert_eq!(link("\\\\evil.example\\x").as_deref(), Some("//evil.example/x"));
        assert_eq!(link("/a?b=\\").as_deref(), Some("/a?b=\\"));
        assert!(!Href::link("\\\\evil.example").unwrap().is_relative());
    }

    #[test]
    fn a_resource_is_loaded_over_http_or_from_here() {
        assert!(Href::resource("images/a.webp").is_some());
        assert!(Href::resource("https://example.org/a.webp").is_some());
        assert!(Href::resource("mailto:x@example.org").is_none());
        assert!(Href::resource("tel:1").is_none());
    }

    #[test]
    fn the_host_tells_where_a_link_leads() {
        let host = |text: &str| Href::link(text).unwrap().host().map(str::to_owned);
        assert_eq!(host("https://www.example.org/x").as_deref(), Some("example.org"));
        assert_eq!(host("https://bank.example@evil.example/").as_deref(), Some("evil.example"));
        assert_eq!(host("a/b"), None);
    }
}
