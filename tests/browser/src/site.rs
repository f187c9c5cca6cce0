//! A static host on this machine: the release build under any base path, and faults where they are ordered.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri, header};
use desk::publish::worker::{self, WORKER, shell_files};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What an address answers in place of its file.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Another status, with a page of HTML, as hosts answer errors.
    Status(u16),
    /// Other bytes, as JSON, with status 200.
    Bytes(Vec<u8>),
    /// A page of HTML with status 200, as a network that wants a log-in answers.
    Page,
    /// The first half of the file, and its end.
    Half,
    /// The first so many tenths of the file, and its end.
    Tenths(usize),
    /// The first so many tenths of the file, under a length that promises all of it.
    CutAt(usize),
    /// The file, after a while.
    Late(Duration),
    /// So many bytes of a page, and the rest after a while.
    Pause(usize, Duration),
    /// The file, in drops: it would take minutes.
    Drip,
    /// Another status, with `Retry-After` in seconds.
    Busy(u16, u32),
    /// Nothing, ever.
    Hang,
    /// Nothing until the fault is taken back, and then the file: what a test does meanwhile is done before it comes.
    Held,
}

/// A host that serves a copy of the release build.
pub struct Site {
    /// Where its front page is, with a `/` at its end.
    pub url: String,
    state: Arc<Served>,
    // Both end with the site: the task with the runtime of its test, the folder when it is dropped.
    _folder: tempfile::TempDir,
}

struct Served {
    folder: PathBuf,
    base: String,
    faults: Mutex<HashMap<String, Fault>>,
    /// Tells what is held that the faults are others.
    fault_changed: Notify,
    asked: Mutex<Vec<String>>,
    /// Whether it compresses and validates, as the hosts do that readers meet.
    real: AtomicBool,
    /// Whether it is gone: what asks for anything is cut off.
    dead: AtomicBool,
    /// What was compressed, by the hash of its bytes.
    small: Mutex<HashMap<u64, Vec<u8>>>,
    sent: Mutex<Vec<Sent>>,
    line: Mutex<Option<Line>>,
}

/// A slow line that all answers share.
struct Line {
    latency: Duration,
    bytes_per_second: u32,
    /// When it has sent what was given to it so far.
    free: Instant,
}

/// What a slow line takes at a time, in bytes: about as much as a packet holds.
const PACKET: usize = 1_400;

/// An answer of a host that compresses and validates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The path that was asked for.
    pub path: String,
    /// The status.
    pub status: u16,
    /// The bytes of the body as they were sent.
    pub bytes: usize,
}

impl Site {
    /// Serves the release build at a free port of this machine, below `base` (`/`, `/news/`).
    pub async fn start(base: &str) -> Result<Self> {
        Self::of(&dist()?, base).await
    }

    /// Serves a copy of a published folder likewise.
    pub async fn of(dist: &Path, base: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy(dist, folder.path())?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://127.0.0.1:{}{base}", listener.local_addr()?.port());
        let state = Arc::new(Served {
            folder: folder.path().to_owned(),
            base: base.to_owned(),
            faults: Mutex::default(),
            fault_changed: Notify::new(),
            asked: Mutex::default(),
            real: AtomicBool::new(false),
            dead: AtomicBool::new(false),
            small: Mutex::default(),
            sent: Mutex::default(),
            line: Mutex::default(),
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&state));
        let listener = Listening { listener, state: Arc::clone(&state) };
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, state, _folder: folder })
    }

    /// The folder that is served, for tests that change what is in it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.state.folder
    }

    /// Orders a fault for a path below the base, or takes it back.
    pub fn fault(&self, path: &str, fault: Option<Fault>) {
        let mut faults = self.state.faults.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Some(fault) => faults.insert(path.to_owned(), fault),
            None => faults.remove(path),
        };
        drop(faults);
        self.state.fault_changed.notify_waiters();
    }

    /// Whether pages find a service worker.
    #[must_use]
    pub fn has_worker(&self) -> bool {
        self.state.fault(WORKER).is_none()
    }

    /// Gives a story that has come to the edition a page of its own, with nothing on it but the app.
    pub fn add_page(&self, id: &str) -> Result<()> {
        self.bare(&format!("story/{id}/"), "../../")
    }

    /// Takes from a screen's page what was published on it, so that a reader sees there what the app makes of what it
    /// loads. `to_base` is the way from the screen to the base.
    pub fn bare(&self, path: &str, to_base: &str) -> Result<()> {
        let page = std::fs::read_to_string(self.folder().join("404.html"))?;
        let page = page.replacen("<base href=\"/\">", &format!("<base href=\"{to_base}\">"), 1);
        let folder = self.folder().join(path);
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join("index.html"), page)?)
    }

    /// A site whose pages find no service worker, for tests of what happens where there is no copy of anything.
    pub async fn without_worker(base: &str) -> Result<Self> {
        let site = Self::start(base).await?;
        site.fault(WORKER, Some(Fault::Status(404)));
        Ok(site)
    }

    /// Cuts off whoever asks for anything, as where there is no network; or no longer.
    pub fn dead(&self, dead: bool) {
        self.state.dead.store(dead, Ordering::Relaxed);
    }

    /// Publishes another build in place of the one that is served: its files are new ones, under new names, and
    /// the old ones are gone. What it says is `mark`, in the variable `build` of each page that runs it.
    pub fn deploy(&self, mark: &str) -> Result<()> {
        let folder = self.folder();
        // Always from the build as it came, so that the same mark gives the same files.
        std::fs::remove_dir_all(folder)?;
        copy(&dist()?, folder)?;
        let files = shell_files(folder)?;
        let module = files.iter().find(|file| file.path.ends_with(".js")).context("there is no module")?;
        let old = module.path.trim_end_matches(".js").rsplit('-').next().unwrap_or_default().to_owned();
        let mut hasher = DefaultHasher::new();
        (mark, &old).hash(&mut hasher);
        let new = format!("{:016x}", hasher.finish());
        for file in files.iter().filter(|file| file.path.contains(&old)) {
            std::fs::rename(folder.join(&file.path), folder.join(file.path.replace(&old, &new)))?;
        }
        let module = folder.join(module.path.replace(&old, &new));
        let text = std::fs::read_to_string(&module)?;
        std::fs::write(&module, format!("globalThis.build = \"{mark}\";\n{}", text.replace(&old, &new)))?;
        for page in pages(folder)? {
            let text = std::fs::read_to_string(&page)?;
            // The policy knows its inline scripts by hashes, which are not what is tested here.
            let text = text.replace(&old, &new);
            std::fs::write(&page, without_hashes(&text))?;
        }
        Ok(worker::update(folder)?)
    }

    /// Puts a copy of the publication into a folder of this one; its address.
    pub fn add_publication(&self, name: &str) -> Result<String> {
        copy(&dist()?, &self.folder().join(name))?;
        Ok(format!("{}{name}/", self.url))
    }

    /// Puts the kill switch in the place of the service worker.
    pub fn kill_worker(&self) -> Result<()> {
        std::fs::copy(self.folder().join(worker::KILL_SWITCH), self.folder().join(WORKER))?;
        Ok(())
    }

    /// Forgets what was asked for so far.
    pub fn forget(&self) {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// From now on text goes out in brotli, a copy that is still good is answered with 304, and files that have a hash in
    /// their name are for caches to keep.
    pub fn like_a_host(&self) {
        self.state.real.store(true, Ordering::Relaxed);
    }

    /// Puts the host behind a slow line from now on: each answer begins after `latency`, and all share so many bytes a
    /// second. (A browser's own emulation of one passes service workers by.)
    pub fn slow_line(&self, line: Option<(Duration, u32)>) {
        let line =
            line.map(|(latency, bytes_per_second)| Line { latency, bytes_per_second, free: Instant::now() });
        *self.state.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// What a host that does so has sent, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.state.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The paths that were asked for, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The port, and whether there is anyone.
struct Listening {
    listener: TcpListener,
    state: Arc<Served>,
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

/// A connection that breaks off where the site is dead.
struct Wire {
    stream: TcpStream,
    state: Arc<Served>,
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

/// Every page of a folder.
fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else if path.extension().is_some_and(|end| end == "html") {
            found.push(path);
        }
    }
    Ok(found)
}

/// A page whose policy lets every script of its own run.
fn without_hashes(page: &str) -> String {
    let mut words = page.split(" 'sha256-");
    let first = words.next().unwrap_or_default();
    let rest: String = words.filter_map(|word| word.split_once('\'')).map(|(_, rest)| rest).collect();
    format!("{first}{rest}").replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-inline'")
}

async fn answer(State(served): State<Arc<Served>>, headers: HeaderMap, uri: Uri) -> Response<Body> {
    let latency =
        served.line.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|line| line.latency);
    let Some(latency) = latency else { return answer_at_once(&served, &headers, &uri).await };
    tokio::time::sleep(latency).await;
    let (head, body) = answer_at_once(&served, &headers, &uri).await.into_parts();
    // What has no end can't be gathered; no test orders that on a slow line.
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
    fn fault(&self, path: &str) -> Option<Fault> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    /// The fault for a path, as soon as the path is not held.
    async fn fault_once_let_go(&self, path: &str) -> Option<Fault> {
        loop {
            // Before the look, so that no change is missed between that and the waiting.
            let mut changed = std::pin::pin!(self.fault_changed.notified());
            changed.as_mut().enable();
            match self.fault(path) {
                Some(Fault::Held) => changed.await,
                other => return other,
            }
        }
    }

    /// When the slow line, if there is one, will have sent so many bytes more.
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
            // A body that ends before its length: the connection breaks off.
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

/// Answers as the hosts do that readers meet.
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

/// Where the release build is.
pub fn dist() -> Result<PathBuf> {
    let dist =
        std::env::var_os("DATELINE_DIST").context("DATELINE_DIST is not set: run `cargo xtask test`")?;
    Ok(PathBuf::from(dist))
}

/// Puts the app of the release build into a folder, as `desk publish` wants it: the page of the build that has nothing
/// on it is the app's own.
pub fn app(to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(dist()?)?.flatten().filter(|entry| entry.path().is_file()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let place = to.join(if name == "404.html" { "index.html" } else { &name });
        if name != "index.html" && !name.starts_with('.') && !name.ends_with(".br") && !name.ends_with(".gz")
        {
            std::fs::copy(entry.path(), place)?;
        }
    }
    for folder in ["icons", "screenshots"] {
        copy(&dist()?.join(folder), &to.join(folder))?;
    }
    Ok(())
}

/// The bytes in brotli, as small as it makes them.
#[must_use]
pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    // Into memory: there is nothing that could fail.
    let _ = writer.write_all(bytes);
    writer.into_inner()
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

/// The type and bytes of the file at a path; a folder's is its `index.html`.
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

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| format!("{} can't be read", from.display()))? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
