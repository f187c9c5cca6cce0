//! The answers of a static host: its files, or the faults that a test has set instead.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use desk::publish::worker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::site::{Fault, Sent, brotli};

/// The state of a site.
pub(crate) struct Served {
    pub(crate) folder: PathBuf,
    pub(crate) base: String,
    pub(crate) faults: Mutex<HashMap<String, Fault>>,
    /// Notifies held answers that the faults have changed.
    pub(crate) fault_changed: Notify,
    pub(crate) asked: Mutex<Vec<String>>,
    /// Whether it compresses and validates, as real hosts do.
    pub(crate) real: AtomicBool,
    /// Whether it is unreachable: all requests are cut off.
    pub(crate) dead: AtomicBool,
    /// Compressed bodies, by the hash of the original bytes.
    pub(crate) small: Mutex<HashMap<u64, Vec<u8>>>,
    pub(crate) sent: Mutex<Vec<Sent>>,
    pub(crate) line: Mutex<Option<Line>>,
}

/// A slow connection that all answers share.
pub(crate) struct Line {
    pub(crate) latency: Duration,
    pub(crate) bytes_per_second: u32,
    /// When it will have sent everything so far.
    pub(crate) free: Instant,
}

/// How many bytes a slow connection sends at a time: about a packet.
const PACKET: usize = 1_400;

/// The listener of a site.
pub(crate) struct Listening {
    pub(crate) listener: TcpListener,
    pub(crate) state: Arc<Served>,
}

impl axum::serve::Listener for Listening {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, from) = axum::serve::Listener::accept(&mut self.listener).await;
        (Wire { stream, state: Arc::clone(&self.state) }, from)
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that is reset if the site is unreachable.
pub(crate) struct Wire {
    stream: TcpStream,
    pub(crate) state: Arc<Served>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() && self.state.dead.load(Ordering::Relaxed) {
            return Poll::Ready(Err(std::io::ErrorKind::ConnectionReset.into()));
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Answers a request.
pub(crate) async fn answer(
    State(served): State<Arc<Served>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response<Body> {
    let latency =
        served.line.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|line| line.latency);
    let Some(latency) = latency else { return answer_at_once(&served, &headers, &uri).await };
    tokio::time::sleep(latency).await;
    let (head, body) = answer_at_once(&served, &headers, &uri).await.into_parts();
    // An endless body can't be collected. No test combines it with a slow connection.
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let packets: Vec<_> = bytes.chunks(PACKET).map(<[u8]>::to_vec).collect();
    let paced =
        futures_util::stream::unfold((served, packets.into_iter()), |(served, mut rest)| async move {
            let packet = rest.next()?;
            if let Some(until) = served.book(packet.len()) {
                tokio::time::sleep_until(until.into()).await;
            }
            Some((Ok::<_, std::io::Error>(packet), (served, rest)))
        });
    Response::from_parts(head, Body::from_stream(paced))
}

impl Served {
    pub(crate) fn fault(&self, path: &str) -> Option<Fault> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The fault for a path. Waits while the path is held.
    async fn fault_once_let_go(&self, path: &str) -> Option<Fault> {
        loop {
            // Enabled before looking, so that no change between looking and waiting is missed.
            let mut changed = std::pin::pin!(self.fault_changed.notified());
            changed.as_mut().enable();
            match self.fault(path) {
                Some(Fault::Held) => changed.await,
                other => return other,
            }
        }
    }

    /// When this many more bytes will have been sent, if the connection is slow.
    fn book(&self, bytes: usize) -> Option<Instant> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let line = line.as_mut()?;
        let takes = Duration::from_secs_f64(bytes as f64 / f64::from(line.bytes_per_second));
        line.free = line.free.max(Instant::now()) + takes;
        Some(line.free)
    }
}

async fn answer_at_once(served: &Served, headers: &HeaderMap, uri: &Uri) -> Response<Body> {
    let Some(path) = uri.path().strip_prefix(&served.base).map(str::to_owned) else {
        return page(StatusCode::NOT_FOUND, b"<!doctype html><title>Not here</title>".to_vec());
    };
    served.asked.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    match served.fault_once_let_go(&path).await {
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            page(status, b"<!doctype html><h1>Something went wrong</h1>".to_vec())
        }
        Some(Fault::Page) => {
            page(StatusCode::OK, b"<!doctype html><title>Log in</title><h1>Log in</h1>".to_vec())
        }
        Some(Fault::Bytes(bytes)) => respond(StatusCode::OK, "application/json", bytes),
        Some(Fault::Hang | Fault::Held) => std::future::pending().await,
        Some(Fault::Late(wait)) => {
            tokio::time::sleep(wait).await;
            match file(&served.folder, &path) {
                Some((kind, bytes)) => respond(StatusCode::OK, kind, bytes),
                None => page(StatusCode::NOT_FOUND, Vec::new()),
            }
        }
        Some(Fault::Busy(status, seconds)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            let mut answer = page(status, b"<!doctype html><h1>Busy</h1>".to_vec());
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Some(Fault::CutAt(tenths)) => {
            let bytes = file(&served.folder, &path).map(|(_, bytes)| bytes).unwrap_or_default();
            let cut = bytes.get(..bytes.len() * tenths / 10).unwrap_or_default().to_vec();
            // A body that is shorter than its length: the connection breaks off.
            let broken = [Ok(cut), Err(std::io::Error::other("cut off"))];
            let body = Body::from_stream(futures_util::stream::iter(broken));
            let answer = Response::builder()
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::CONTENT_LENGTH, bytes.len());
            answer.body(body).unwrap_or_default()
        }
        Some(Fault::Pause(count, wait)) => {
            let (kind, mut first) = file(&served.folder, &path).unwrap_or_default();
            let rest = first.split_off(count.min(first.len()));
            let parts = futures_util::stream::unfold(vec![rest, first], move |mut parts| async move {
                let part = parts.pop()?;
                if parts.is_empty() {
                    tokio::time::sleep(wait).await;
                }
                Some((Ok::<_, std::io::Error>(part), parts))
            });
            let answer = Response::builder().header(header::CONTENT_TYPE, kind);
            answer.body(Body::from_stream(parts)).unwrap_or_default()
        }
        Some(Fault::Drip) => {
            let bytes = file(&served.folder, &path).map(|(_, bytes)| bytes).unwrap_or_default();
            let drops = futures_util::stream::unfold(bytes.into_iter(), |mut rest| async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                rest.next().map(|byte| (Ok::<_, std::io::Error>(vec![byte]), rest))
            });
            let answer = Response::builder().header(header::CONTENT_TYPE, "application/json");
            answer.body(Body::from_stream(drops)).unwrap_or_default()
        }
        Some(Fault::Tenths(tenths)) => {
            let (kind, bytes) = file(&served.folder, &path).unwrap_or_default();
            respond(StatusCode::OK, kind, bytes.get(..bytes.len() * tenths / 10).unwrap_or_default().to_vec())
        }
        Some(Fault::Half) => {
            let bytes = file(&served.folder, &path).map(|(_, bytes)| bytes).unwrap_or_default();
            respond(
                StatusCode::OK,
                "application/json",
                bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec(),
            )
        }
        None => match file(&served.folder, &path) {
            Some((kind, bytes)) if served.real.load(Ordering::Relaxed) => {
                real(served, path, headers, kind, bytes)
            }
            Some((kind, bytes)) => respond(StatusCode::OK, kind, bytes),
            None => {
                page(StatusCode::NOT_FOUND, std::fs::read(served.folder.join("404.html")).unwrap_or_default())
            }
        },
    }
}

/// Answers like a real host.
fn real(
    served: &Served,
    path: String,
    headers: &HeaderMap,
    kind: &'static str,
    bytes: Vec<u8>,
) -> Response<Body> {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let hash = hasher.finish();
    let tag = format!("\"{hash:x}\"");
    let has = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let cache = if worker::has_hash(&path) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut answer = Response::builder().header(header::CACHE_CONTROL, cache).header(header::ETAG, tag);
    let (status, body) = if has {
        (StatusCode::NOT_MODIFIED, Vec::new())
    } else if kind == "image/webp" {
        (StatusCode::OK, bytes)
    } else {
        answer = answer.header(header::CONTENT_ENCODING, "br");
        let mut small = served.small.lock().unwrap_or_else(PoisonError::into_inner);
        (StatusCode::OK, small.entry(hash).or_insert_with(|| brotli(&bytes)).clone())
    };
    let sent = Sent { path, status: status.as_u16(), bytes: body.len() };
    served.sent.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
    answer.status(status).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap_or_default()
}

fn page(status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
    respond(status, "text/html; charset=utf-8", bytes)
}

fn respond(status: StatusCode, kind: &str, bytes: Vec<u8>) -> Response<Body> {
    let answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-cache");
    answer.body(Body::from(bytes)).unwrap_or_default()
}

/// The type and bytes of the file at a path, or of the `index.html` in a folder.
fn file(folder: &Path, path: &str) -> Option<(&'static str, Vec<u8>)> {
    if path.split('/').any(|part| part == "..") {
        return None;
    }
    let mut file = folder.join(path);
    if file.is_dir() {
        file = file.join("index.html");
    }
    let kind = match file.extension()?.to_str()? {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "webp" => "image/webp",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    };
    Some((kind, std::fs::read(file).ok()?))
}
