//! Identities of publications and stories that stay the same when headlines, schemes and query strings change.

use crate::content::id::StoryId;

/// The number of digits of a key that a line has. The number of its shard holds the rest.
pub(super) const KEY_DIGITS: u32 = 8;
pub(super) const KEY_BITS: u32 = 6 * KEY_DIGITS;

/// The key of a story in marks: 56 bits of a hash of its id. With 100,000 marked stories, the chance that a new
/// one collides with one of them is 1 in 700 billion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoryKey(pub(super) u64);

impl StoryKey {
    /// The key of a story.
    #[must_use]
    pub fn of(story: &StoryId) -> Self {
        Self(mixed(story.as_str()) >> 8)
    }

    /// The key as a number.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The part of the hash of an address that marks hold, never 0; `None` if the address does not identify a
/// story.
pub(super) fn address_bits(url: &str) -> Option<u64> {
    address(url).map(|address| bits_of(&address))
}

/// The part of the hash of a normalised address that marks hold.
pub(super) fn bits_of(address: &str) -> u64 {
    (mixed(address) >> 16).max(1)
}

/// A hash: FNV-1a with the final step of `MurmurHash3` (both in the public domain), so that all bits matter. It
/// must never change, since keys are stored.
pub(super) fn mixed(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

/// The identity of a publication: host and path of its base, so that marks survive a move from http to https.
#[must_use]
pub fn publication(base: &str) -> String {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    rest.trim_end_matches('/').to_ascii_lowercase()
}

/// Query parameters for tracking, which say nothing about the page.
const TRACKING: &[&str] = &[
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "mc_cid", "mc_eid", "igshid", "yclid",
    "twclid", "ttclid", "_ga",
];

/// An absolute address, normalised for comparison: without scheme, tracking parameters, fragment and trailing
/// slash. `None` if it has no host, or is a home page, which many stories have as their address by mistake.
#[must_use]
pub fn address(url: &str) -> Option<String> {
    let (_, rest) = url.trim().split_once("//")?;
    let rest = rest.split('#').next()?;
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let path = path.trim_end_matches('/');
    let tracks = |part: &&str| {
        let name = part.split('=').next().unwrap_or_default();
        part.is_empty() || name.starts_with("utm_") || TRACKING.contains(&name)
    };
    let mut parts = query.split('&').filter(|part| !tracks(part)).peekable();
    if host.is_empty() || (path.is_empty() && parts.peek().is_none()) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let mut address = host.strip_suffix(":80").or(host.strip_suffix(":443")).unwrap_or(&host).to_owned();
    address.push('/');
    address.push_str(path);
    let mut before = '?';
    for part in parts {
        address.push(before);
        address.push_str(part);
        before = '&';
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_whoever_sent_the_reader() {
        for same in [
            "https://example.org/2026/bridge",
            "http://example.org/2026/bridge/",
            "//EXAMPLE.org/2026/bridge#comments",
            "https://example.org:443/2026/bridge/?utm_source=x&utm_medium=mail&fbclid=1",
            " https://example.org/2026/bridge?gclid=2#a?b ",
        ] {
            assert_eq!(address(same).as_deref(), Some("example.org/2026/bridge"), "{same}");
        }
        assert_eq!(
            address("https://example.org/?p=12&utm_id=1&x=y").as_deref(),
            Some("example.org/?p=12&x=y")
        );
        assert_eq!(address("https://example.org/Bridge").as_deref(), Some("example.org/Bridge"));
        for nothing in
            ["", "https://example.org", "https://example.org/?utm_source=a#x", "stories/a", "mailto:a@b"]
        {
            assert_eq!(address(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_publication_is_known_by_host_and_path() {
        for base in ["http://example.org/news/", "https://EXAMPLE.org/news/?a#b", "https://example.org/news"]
        {
            assert_eq!(publication(base), "example.org/news");
        }
        assert_eq!(publication("http://127.0.0.1:8080/"), "127.0.0.1:8080");
    }

    #[test]
    fn keys_spread_over_shards() {
        let mut counts = [0; 256];
        for number in 0..25_600 {
            let id = StoryId::parse(&format!("story-{number}")).unwrap();
            counts[usize::try_from(StoryKey::of(&id).0 >> 48).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (50..150).contains(count)), "{counts:?}");
    }
}
