//! `desk serve`, with the real program: it does what a good static host does.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use common::Newsroom;

/// A server that is stopped at the end of its test.
struct Server {
    process: Child,
    host: String,
    path: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Server {
    fn start(room: &Newsroom, at: &str) -> Self {
        let mut command = room.command(["serve", "out", "--port", "0", "--at", at]);
        let mut process = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url =
            line.split_whitespace().find(|word| word.starts_with("http://")).expect("an address").to_owned();
        let (host, path) = url["http://".len()..].split_once('/').unwrap();
        Self { process, host: host.to_owned(), path: format!("/{path}") }
    }

    /// Requests a path as it is, without the normalisation that a client does.
    fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n",
            self.host
        )
        .unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an end of the head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Answer { status, headers: headers.collect(), body: bytes[end + 4..].to_vec() }
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.raw("GET", &format!("{}{path}", self.path), headers)
    }
}

fn room() -> Newsroom {
    let room = Newsroom::new();
    room.file("out/index.html", "<!doctype html><title>Front</title>".repeat(20));
    room.file("out/index.html.br", "in brotli");
    room.file("out/index.html.gz", "in gzip");
    room.file("out/404.html", "<!doctype html><title>Lost</title>");
    room.file("out/story/a/index.html", "<p>A");
    room.file("out/app-0123456789abcdef.js", "export {};");
    room.file("out/.hidden", "secret");
    room.file("out/_headers", "/*\n  X-Content-Type-Options: nosniff\n/app-0123456789abcdef.js\n  Cache-Control: public, max-age=31536000, immutable\n/edition/stories/:story/:page\n  Cache-Control: public, max-age=31536000, immutable\n/404.html\n  Content-Security-Policy: default-src 'none'\n");
    room.file("secret.txt", "secret");
    room
}

#[test]
fn files_come_with_what_a_browser_wants_to_know() {
    let room = room();
    for at in ["/", "/news/"] {
        let server = Server::start(&room, at);
        let page = server.get("", &[]);
        assert_eq!((page.status, page.headers["content-type"].as_str()), (200, "text/html; charset=utf-8"));
        assert_eq!(page.headers["cache-control"], "no-cache");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["content-length"], page.body.len().to_string());
        let app = server.get("app-0123456789abcdef.js", &[]);
        assert_eq!(app.headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(server.get("story/a/", &[]).body, b"<p>A");
        let way = server.get("story/a?x=1", &[]);
        assert_eq!((way.status, way.headers["location"].clone()), (308, format!("{at}story/a/?x=1")));
        if at != "/" {
            let way = server.raw("GET", &format!("{}?x=1", at.trim_end_matches('/')), &[]);
            assert_eq!((way.status, way.headers["location"].clone()), (308, format!("{at}?x=1")));
            assert_eq!(server.raw("GET", "/newspaper", &[]).status, 404);
        }
        let lost = server.get("nothing", &[]);
        assert_eq!((lost.status, String::from_utf8(lost.body).unwrap().contains("Lost")), (404, true));
        // A missing file may exist tomorrow, even if its address is that of an immutable one.
        let lost = server.get("edition/stories/harbour/1-50-0123456789ab.json", &[]);
        assert_eq!((lost.status, lost.headers["cache-control"].as_str()), (404, "no-cache"));
        assert_eq!(lost.headers["content-security-policy"], "default-src 'none'");
        let head = server.raw("HEAD", at, &[]);
        assert_eq!(
            (head.status, head.body.len(), head.headers["content-length"].clone()),
            (200, 0, page.body.len().to_string())
        );
        // Ranges are for GET only (RFC 9110, section 14.2).
        for range in ["bytes=0-1", "bytes=99999-"] {
            let head = server.raw("HEAD", at, &[("Range", range)]);
            assert_eq!(
                (head.status, head.headers["content-length"].clone()),
                (200, page.body.len().to_string()),
                "{range}"
            );
        }
        assert_eq!(server.raw("POST", at, &[]).status, 405);
    }
}

// Windows does not allow such names.
#[cfg(unix)]
#[test]
fn a_name_may_have_a_colon() {
    let room = room();
    room.file("out/edition/images/10:30 é.jpg", "a picture");
    let server = Server::start(&room, "/");
    let picture = server.get("edition/images/10:30%20%C3%A9.jpg", &[]);
    assert_eq!((picture.status, picture.body.as_slice()), (200, &b"a picture"[..]));
}

#[test]
fn what_is_known_is_not_sent_again() {
    let room = room();
    let server = Server::start(&room, "/");
    let first = server.get("", &[]);
    let tag = first.headers["etag"].as_str();
    let again = server.get("", &[("If-None-Match", tag)]);
    assert_eq!((again.status, again.body.len(), again.headers["etag"].as_str()), (304, 0, tag));
    assert_eq!(server.get("", &[("If-None-Match", &format!("\"x\", W/{tag}"))]).status, 304);
    assert_eq!(server.get("", &[("If-None-Match", "\"x\"")]).status, 200);
    assert_eq!(server.get("", &[("If-Modified-Since", &first.headers["last-modified"])]).status, 304);
    assert_eq!(server.get("", &[("If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT")]).status, 200);
    room.file("out/index.html", "other");
    assert_eq!(server.get("", &[("If-None-Match", tag)]).status, 200);
}

#[test]
fn text_is_sent_small_to_who_takes_that() {
    let room = room();
    let server = Server::start(&room, "/");
    let get = |takes: &str| server.get("", &[("Accept-Encoding", takes)]);
    let small = get("gzip, deflate, br");
    assert_eq!(
        (small.headers["content-encoding"].as_str(), small.body.as_slice()),
        ("br", &b"in brotli"[..])
    );
    assert_eq!(small.headers["vary"], "accept-encoding");
    assert_eq!(small.headers["content-type"], "text/html; charset=utf-8");
    for (takes, sent) in [
        ("gzip, br;q=0", "in gzip"),
        ("br;q=0.1, gzip;q=0.9", "in gzip"),
        ("gzip;q=0.5, br;q=0.5", "in brotli"),
        ("GZIP ; Q=0.8, br;q=0.75", "in gzip"),
        ("gzip;q=0.5, *", "in brotli"),
        ("*;q=0.5, br;q=0", "in gzip"),
    ] {
        assert_eq!(String::from_utf8_lossy(&get(takes).body), sent, "{takes}");
    }
    for takes in ["br;q=0, *;q=0", "br;q=0.000", "br;q=much", "identity, br;q=0.5", "deflate", ""] {
        assert!(!get(takes).headers.contains_key("content-encoding"), "{takes}");
    }
    // Several fields are one list.
    let several = [("Accept-Encoding", "deflate, br;q=0.2"), ("Accept-Encoding", "gzip;q=0.3")];
    assert_eq!(server.get("", &several).body, b"in gzip");
    room.file("out/404.html.gz", "lost, in gzip");
    let lost = server.get("nothing", &[("Accept-Encoding", "deflate"), ("Accept-Encoding", "gzip")]);
    assert_eq!((lost.status, lost.body.as_slice()), (404, &b"lost, in gzip"[..]));
    let plain = get("identity");
    assert!(!plain.headers.contains_key("content-encoding"));
    assert_ne!(plain.headers["etag"], small.headers["etag"]);
    let part = server.get("", &[("Range", "bytes=2-8"), ("Accept-Encoding", "br")]);
    assert_eq!((part.status, part.body.as_slice()), (206, &b"doctype"[..]));
    assert_eq!(part.headers["content-range"], format!("bytes 2-8/{}", plain.body.len()));
    assert_eq!(server.get("", &[("Range", "bytes=99999-")]).status, 416);
    assert_eq!(server.get("", &[("Range", "bytes=0-1"), ("If-Range", "\"old\"")]).status, 200);
}

#[test]
fn a_pressed_file_is_known_by_itself() {
    let room = room();
    let server = Server::start(&room, "/");
    let get = |headers: &[(&str, &str)]| server.get("", &[&[("Accept-Encoding", "br")], headers].concat());
    // While something is published, the page may be there before its compressed copy.
    room.file("out/index.html", "<!doctype html><title>Other</title>");
    let between = get(&[]);
    assert_eq!(between.body, b"in brotli");
    std::thread::sleep(std::time::Duration::from_millis(20));
    room.file("out/index.html.br", "IN BROTLI");
    let after = get(&[("If-None-Match", &between.headers["etag"])]);
    assert_eq!((after.status, after.body.as_slice()), (200, &b"IN BROTLI"[..]));
    assert_eq!(get(&[("If-None-Match", &after.headers["etag"])]).status, 304);
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    std::fs::File::options()
        .write(true)
        .open(room.path("out/index.html.br"))
        .and_then(|file| file.set_modified(old))
        .unwrap();
    assert_eq!(get(&[]).headers["last-modified"], "Sun, 09 Sep 2001 01:46:40 GMT");
}

#[test]
fn nothing_outside_of_the_folder_or_hidden_in_it_is_sent() {
    let room = room();
    #[cfg(unix)]
    std::os::unix::fs::symlink(room.path("secret.txt"), room.path("out/link.txt")).unwrap();
    let server = Server::start(&room, "/");
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/story/../../secret.txt",
        "/..%2fsecret.txt",
        "/.hidden",
        "/c:/../../secret.txt",
        "/link.txt",
        "/_headers",
        "//etc/passwd",
    ] {
        let answer = server.raw("GET", path, &[]);
        assert!(answer.status == 404 && !String::from_utf8_lossy(&answer.body).contains("secret"), "{path}");
    }
}

#[test]
fn what_can_t_be_served_is_said() {
    let room = room();
    for (arguments, word) in [(["serve", "nowhere"], "nowhere"), (["serve", "."], "desk publish")] {
        let said = room.desk(arguments);
        assert!(said.code == 1 && said.err.contains(word), "{said:?}");
    }
    let said = room.desk(["serve", "out", "--at", "news"]);
    assert!(said.code == 1 && said.err.contains("is no path"), "{said:?}");
}
