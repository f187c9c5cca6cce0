//! `desk serve`: serves a published folder on this machine, as a static host does.
//!
//! The answer to a request is a plain function of the folder, the path and the headers ([`Served::answer`]); the
//! network is added at the end. Headers come from the folder's own `_headers`, so what is tried here is what a host
//! that reads that file does.

use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use tokio::net::TcpListener;

/// The page for unknown addresses.
const LOST: &str = "404.html";

/// Why a folder can't be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Not a folder, or the system refused.
    #[error("{}: {error}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Nothing is published in the folder.
    #[error("{}: has no index.html; `desk publish` makes one", .0.display())]
    NotPublished(PathBuf),
    /// The path to serve at is invalid.
    #[error("'{0}' is no path: it begins and ends in '/', as /news/")]
    Path(String),
    /// The port is not available.
    #[error("port {port}: {error}")]
    Port {
        /// The port.
        port: u16,
        /// What the system said.
        error: std::io::Error,
    },
}

/// A folder that is served.
#[derive(Debug)]
pub struct Served {
    folder: PathBuf,
    /// The path that it is served at, with `/` at both ends.
    at: String,
    rules: Vec<Rule>,
}

/// Headers for the paths that match a pattern, as in `_headers`.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    pattern: String,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Rule {
    /// Whether the rule applies to `path`, which begins with `/`. In a pattern, a final `*` matches any rest, and
    /// `:name` matches one segment.
    fn is_for(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        for wanted in self.pattern.split('/') {
            match (wanted, parts.next()) {
                ("*", Some(_)) => return true,
                (wanted, Some(part)) if wanted.starts_with(':') && !part.is_empty() => {}
                (wanted, Some(part)) if wanted == part => {}
                _ => return false,
            }
        }
        parts.next().is_none()
    }
}

/// Parses `_headers`. Invalid headers are left out.
fn rules(text: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        if line.starts_with([' ', '\t']) {
            let header = line.trim().split_once(':').and_then(|(name, value)| {
                Some((name.trim().parse().ok()?, HeaderValue::from_str(value.trim()).ok()?))
            });
            if let (Some(rule), Some(header)) = (rules.last_mut(), header) {
                rule.headers.push(header);
            }
        } else {
            rules.push(Rule { pattern: line.trim().to_owned(), headers: Vec::new() });
        }
    }
    rules
}

/// A file to answer with. It is open, so its length and date describe the bytes that are sent, even if another file
/// has replaced it.
struct Found {
    path: PathBuf,
    file: fs::File,
    kind: &'static str,
    length: u64,
    changed: Duration,
}

impl Served {
    /// Serves what was published into `folder` below the path `at`.
    ///
    /// # Errors
    /// A [`ServeError`].
    pub fn new(folder: &Path, at: &str) -> Result<Self, ServeError> {
        if !at.starts_with('/') || !at.ends_with('/') || at.contains("//") {
            return Err(ServeError::Path(at.to_owned()));
        }
        let whole =
            folder.canonicalize().map_err(|error| ServeError::Io { path: folder.to_owned(), error })?;
        if !whole.join("index.html").is_file() {
            return Err(ServeError::NotPublished(folder.to_owned()));
        }
        let rules = rules(&fs::read_to_string(whole.join("_headers")).unwrap_or_default());
        Ok(Self { folder: whole, at: at.to_owned(), rules })
    }

    /// The answer to a request.
    #[must_use]
    pub fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response<Vec<u8>> {
        let mut answer = self.of(method, uri, headers);
        if method == Method::HEAD {
            answer.body_mut().clear();
        }
        answer
    }

    fn of(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response<Vec<u8>> {
        if method != Method::GET && method != Method::HEAD {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED);
            answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        if self.at.strip_suffix('/') == Some(uri.path()) {
            return to_folder(uri);
        }
        let Some(path) = uri.path().strip_prefix(&self.at).and_then(safe) else {
            return self.lost(method, headers);
        };
        let place = self.folder.join(&path);
        if place.is_dir() && !uri.path().ends_with('/') {
            return to_folder(uri);
        }
        let file = if uri.path().ends_with('/') { place.join("index.html") } else { place };
        match self.find(&file) {
            Some(found) => self.send(StatusCode::OK, found, &format!("/{path}"), method, headers),
            None => self.lost(method, headers),
        }
    }

    /// The page for unknown addresses, with its own headers: those of the requested address may say that it is
    /// immutable.
    fn lost(&self, method: &Method, headers: &HeaderMap) -> Response<Vec<u8>> {
        match self.find(&self.folder.join(LOST)) {
            Some(found) => self.send(StatusCode::NOT_FOUND, found, &format!("/{LOST}"), method, headers),
            None => plain(StatusCode::NOT_FOUND),
        }
    }

    /// The file at that path, if it is a file within the folder.
    fn find(&self, file: &Path) -> Option<Found> {
        let path = file.canonicalize().ok().filter(|path| path.starts_with(&self.folder))?;
        // Only files are opened: a pipe would wait for a writer.
        path.metadata().ok().filter(fs::Metadata::is_file)?;
        let opened = fs::File::open(&path).ok()?;
        let meta = opened.metadata().ok()?;
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let kind = kind(file.extension().and_then(|ending| ending.to_str()).unwrap_or_default());
        Some(Found { path, file: opened, kind, length: meta.len(), changed })
    }

    fn send(
        &self,
        status: StatusCode,
        mut found: Found,
        path: &str,
        method: &Method,
        asked: &HeaderMap,
    ) -> Response<Vec<u8>> {
        let mut answer = plain(status);
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(found.kind));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        for (name, value) in self.rules.iter().filter(|rule| rule.is_for(path)).flat_map(|rule| &rule.headers)
        {
            headers.insert(name, value.clone());
        }
        // Error pages have no ranges, and only GET requests them (RFC 9110, section 14.2).
        let in_parts = status == StatusCode::OK && method == Method::GET && asked.contains_key(header::RANGE);
        let codings = if in_parts { Vec::new() } else { codings(asked) };
        let pressed = codings.into_iter().find_map(|(ending, name)| {
            let small = self.find(&beside(&found.path, ending))?;
            Some((ending, name, small))
        });
        let mut ending = "";
        if let Some((its, name, small)) = pressed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            // From here on, everything describes the compressed file: while something is published, it may still be
            // an old one beside a new page, and must not be taken for the new one later.
            (ending, found) = (its, small);
        }
        let length = found.length;
        let tag = format!("\"{length:x}-{:x}{ending}\"", found.changed.as_nanos());
        insert(headers, header::ETAG, &tag);
        insert(headers, header::LAST_MODIFIED, &httpdate::fmt_http_date(UNIX_EPOCH + found.changed));
        if status == StatusCode::OK && is_known(asked, &tag, found.changed) {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            return answer;
        }
        let part = in_parts.then(|| part(asked, &tag, length)).flatten();
        let (start, end) = match part {
            Some(Some(part)) => part,
            Some(None) => {
                let mut answer = plain(StatusCode::RANGE_NOT_SATISFIABLE);
                insert(answer.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{length}"));
                return answer;
            }
            None => (0, length),
        };
        let Ok(bytes) = read(&found.file, start, end) else {
            return plain(StatusCode::INTERNAL_SERVER_ERROR);
        };
        if part.is_some() {
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            insert(
                answer.headers_mut(),
                header::CONTENT_RANGE,
                &format!("bytes {start}-{}/{length}", end - 1),
            );
        }
        insert(answer.headers_mut(), header::CONTENT_LENGTH, &bytes.len().to_string());
        *answer.body_mut() = bytes;
        answer
    }
}

fn plain(status: StatusCode) -> Response<Vec<u8>> {
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() = status;
    answer
}

/// A redirect to the same address with a final `/`.
fn to_folder(uri: &Uri) -> Response<Vec<u8>> {
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut answer = plain(StatusCode::PERMANENT_REDIRECT);
    insert(answer.headers_mut(), header::LOCATION, &format!("{}/{query}", uri.path()));
    answer
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn read(mut file: &fs::File, start: u64, end: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(end - start).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// A path below the base with escapes decoded; `None` if it leads out of the folder or to a hidden file.
fn safe(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                u8::try_from(digit(rest.next()?)? * 16 + digit(rest.next()?)?).ok()?
            }
            byte => byte,
        });
    }
    let path = String::from_utf8(bytes).ok()?;
    let hidden = |part: &str| part.starts_with('.') && part != ".well-known";
    // On Windows, a colon leads to another drive or to an alternate data stream.
    let leads_away = cfg!(windows) && path.contains(':');
    let bad = path.contains(['\\', '\0']) || path.starts_with('/') || path.split('/').any(hidden);
    (!bad && !leads_away && path != "_headers").then_some(path)
}

/// The content type for an extension.
fn kind(ending: &str) -> &'static str {
    match ending {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "xml" => "application/xml",
        "txt" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The content codings that the client accepts, preferred ones first: the extension of their files, and their names
/// (RFC 9110, section 12.5.3).
fn codings(asked: &HeaderMap) -> Vec<(&'static str, &'static str)> {
    let fields = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|field| field.to_str().ok());
    let takes: Vec<(&str, f32)> = fields.flat_map(|field| field.split(',')).map(weighed).collect();
    let weight =
        |name: &str| takes.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, weight)| *weight);
    // It is accepted without being named; it only matters if it is preferred to the others.
    let plain = weight("identity").unwrap_or(0.0);
    let mut codings: Vec<_> = [(".br", "br"), (".gz", "gzip")]
        .into_iter()
        .map(|coding| (weight(coding.1).or_else(|| weight("*")).unwrap_or(0.0), coding))
        .filter(|(weight, _)| *weight > 0.0 && *weight >= plain)
        .collect();
    // Of equally preferred codings, the smaller one stays first.
    codings.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    codings.into_iter().map(|(_, coding)| coding).collect()
}

/// A coding with its weight. If the weight can't be parsed, the coding counts as refused: plain text can always be
/// sent.
fn weighed(one: &str) -> (&str, f32) {
    let (coding, weight) = one.split_once(';').unwrap_or((one, "q=1"));
    let weight = weight.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    let weight = weight.and_then(|(_, weight)| weight.trim().parse().ok());
    (coding.trim(), weight.filter(|weight| (0.0..=1.0).contains(weight)).unwrap_or(0.0))
}

/// Whether the client has the file already (RFC 9110, section 13.2.2).
fn is_known(asked: &HeaderMap, tag: &str, changed: Duration) -> bool {
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(known) = text(header::IF_NONE_MATCH) {
        return known
            .split(',')
            .map(str::trim)
            .any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag);
    }
    let since = text(header::IF_MODIFIED_SINCE).and_then(|date| httpdate::parse_http_date(date).ok());
    since
        .and_then(|at| at.duration_since(UNIX_EPOCH).ok())
        .is_some_and(|at| changed.as_secs() <= at.as_secs())
}

/// The requested range, from its first byte to after its last: `None` for the whole file, `Some(None)` if there is no
/// such range (RFC 9110, section 14.2). For several ranges, the whole file is sent.
fn part(asked: &HeaderMap, tag: &str, length: u64) -> Option<Option<(u64, u64)>> {
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let range = text(header::RANGE)?.strip_prefix("bytes=")?;
    if text(header::IF_RANGE).is_some_and(|known| known != tag) || range.contains(',') {
        return None;
    }
    let (first, last) = range.trim().split_once('-')?;
    let part = match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1).min(length)),
        (Some(first), None) if last.is_empty() => (first, length),
        (None, Some(count)) if first.is_empty() && count > 0 => (length.saturating_sub(count), length),
        (None, Some(0)) if first.is_empty() => return Some(None),
        _ => return None,
    };
    Some((part.0 < length).then_some(part))
}

/// Serves on the loopback address until the process ends. `told` gets the address once it is listening.
///
/// # Errors
/// A [`ServeError`].
pub fn serve(served: Served, port: u16, told: impl FnOnce(&str)) -> Result<(), ServeError> {
    let wrong = |error| ServeError::Port { port, error };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().map_err(wrong)?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(wrong)?;
        let port = listener.local_addr().map_err(wrong)?.port();
        told(&format!("http://127.0.0.1:{port}{}", served.at));
        axum::serve(listener, router(served)).await.map_err(wrong)
    })
}

/// The router, for callers with a listener of their own.
pub fn router(served: Served) -> Router {
    Router::new().fallback(respond).with_state(Arc::new(served))
}

async fn respond(
    State(served): State<Arc<Served>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    served.answer(&method, &uri, &headers).map(Body::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_into_the_folder_or_nowhere() {
        for good in ["", "index.html", "story/a/", "a%20b", "%C3%A9", ".well-known/x"] {
            assert!(safe(good).is_some(), "{good}");
        }
        for colon in ["c:/x", "c:x", "10:30%20a.jpg", "a%3Ab"] {
            assert_eq!(safe(colon).is_some(), !cfg!(windows), "{colon}");
        }
        for bad in [
            "../x",
            "a/../x",
            "%2e%2e/x",
            "%2E%2E%2Fx",
            "..%5cx",
            "a\\b",
            "/etc/passwd",
            "%2fetc",
            ".git/x",
            "a/.dateline-publish.json",
            "%",
            "%zz",
            "%00",
            "_headers",
        ] {
            assert_eq!(safe(bad), None, "{bad}");
        }
    }

    #[test]
    fn rules_are_read_as_hosts_read_them() {
        let rules = rules(
            "# words\n/*\n  X-A: 1\n/a.js\n  Cache-Control: public, max-age=1\n/e/:story/:page\n  X-B: 2\n",
        );
        let is_for = |path: &str| rules.iter().map(|rule| rule.is_for(path)).collect::<Vec<_>>();
        assert_eq!(is_for("/a.js"), [true, true, false]);
        assert_eq!(is_for("/e/x/y.json"), [true, false, true]);
        assert_eq!(is_for("/e/x/y/z"), [true, false, false]);
        assert_eq!(is_for("/e/x/"), [true, false, false]);
    }

    #[test]
    fn a_part_is_what_was_asked_for() {
        let of = |range: &str| {
            let asked = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_str(range).unwrap())]);
            part(&asked, "\"x\"", 100)
        };
        assert_eq!(of("bytes=0-9"), Some(Some((0, 10))));
        assert_eq!(of("bytes=90-"), Some(Some((90, 100))));
        assert_eq!(of("bytes=-5"), Some(Some((95, 100))));
        assert_eq!(of("bytes=50-500"), Some(Some((50, 100))));
        assert_eq!(of("bytes=-500"), Some(Some((0, 100))));
        assert_eq!((of("bytes=100-"), of("bytes=-0")), (Some(None), Some(None)));
        for all in ["bytes=9-1", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6", "bytes=-"] {
            assert_eq!(of(all), None, "{all}");
        }
    }
}
