//! A static host on this machine: the release build under any base path, and faults where they are ordered.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use axum::Router;
use desk::publish::worker::{self, WORKER, shell_files};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::answers::{Line, Listening, Served, answer};

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

/// Where the release build is.
pub fn dist() -> Result<PathBuf> {
    let dist =
        std::env::var_os("DATELINE_DIST").context("DATELINE_DIST is not set: run `cargo xtask test`")?;
    Ok(PathBuf::from(dist))
}

/// The app as Trunk built it.
pub fn trunk_build() -> Result<PathBuf> {
    let app = std::env::var_os("DATELINE_APP").context("DATELINE_APP is not set: run `cargo xtask test`")?;
    Ok(PathBuf::from(app))
}

/// Puts the app as Trunk built it into a folder, as `desk publish` wants it, without the edition.
pub fn app(to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(trunk_build()?)?.flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    for folder in ["icons", "screenshots"] {
        copy(&trunk_build()?.join(folder), &to.join(folder))?;
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
