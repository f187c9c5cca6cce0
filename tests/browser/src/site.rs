//! A static host on this machine: serves the release build at any base path, with faults where a test sets
//! them.

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

/// What is sent instead of a file.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Another status, with an HTML page, like most hosts.
    Status(u16),
    /// Other bytes, as JSON, with status 200.
    Bytes(Vec<u8>),
    /// An HTML page with status 200, like a network that asks for a login.
    Page,
    /// The first half of the file, as if it were complete.
    Half,
    /// The first tenths of the file, as if it were complete.
    Tenths(usize),
    /// The first tenths of the file, with the length of all of it.
    CutAt(usize),
    /// The file, after a while.
    Late(Duration),
    /// The first bytes of a page, and the rest after a while.
    Pause(usize, Duration),
    /// The file, so slowly that it would take minutes.
    Drip,
    /// Another status, with `Retry-After` in seconds.
    Busy(u16, u32),
    /// Nothing, ever.
    Hang,
    /// Nothing until the fault is removed, then the file. So a test can act before it arrives.
    Held,
}

/// A host that serves a copy of the release build.
pub struct Site {
    /// The address of its front page, ending in `/`.
    pub url: String,
    state: Arc<Served>,
    // Both end with the site: the task with the runtime of its test, the folder when it is dropped.
    _folder: tempfile::TempDir,
}

/// An answer of a host that compresses and validates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The requested path.
    pub path: String,
    /// Its status.
    pub status: u16,
    /// The bytes of the body as they were sent.
    pub bytes: usize,
}

impl Site {
    /// Serves the release build on a free port of this machine, below `base` (`/`, `/news/`).
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

    /// The folder that is served, for tests that change it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.state.folder
    }

    /// Sets or removes the fault for a path below the base.
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

    /// Adds a page for a story that was added to the edition. The page has no content, only the app.
    pub fn add_page(&self, id: &str) -> Result<()> {
        self.bare(&format!("story/{id}/"), "../../")
    }

    /// Replaces a screen's page by one without content, so that the app has to load and show it. `to_base` is
    /// the path from the screen to the base.
    pub fn bare(&self, path: &str, to_base: &str) -> Result<()> {
        let page = std::fs::read_to_string(self.folder().join("404.html"))?;
        let page = page.replacen("<base href=\"/\">", &format!("<base href=\"{to_base}\">"), 1);
        let folder = self.folder().join(path);
        std::fs::create_dir_all(&folder)?;
        Ok(std::fs::write(folder.join("index.html"), page)?)
    }

    /// A site whose pages find no service worker, for tests that need to have no copies.
    pub async fn without_worker(base: &str) -> Result<Self> {
        let site = Self::start(base).await?;
        site.fault(WORKER, Some(Fault::Status(404)));
        Ok(site)
    }

    /// Cuts off all requests, as without a network, or stops doing so.
    pub fn dead(&self, dead: bool) {
        self.state.dead.store(dead, Ordering::Relaxed);
    }

    /// Replaces the build by another one: the files have new names, and the old ones are gone. On each page
    /// that runs it, the variable `build` is `mark`.
    pub fn deploy(&self, mark: &str) -> Result<()> {
        let folder = self.folder();
        // Always made from the original build, so that the same mark gives the same files.
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
            // The policy allows inline scripts by their hashes, which change here and are tested elsewhere.
            let text = text.replace(&old, &new);
            std::fs::write(&page, without_hashes(&text))?;
        }
        Ok(worker::update(folder)?)
    }

    /// Puts a copy of the publication into a folder of this one. Returns its address.
    pub fn add_publication(&self, name: &str) -> Result<String> {
        copy(&dist()?, &self.folder().join(name))?;
        Ok(format!("{}{name}/", self.url))
    }

    /// Puts the kill switch in the place of the service worker.
    pub fn kill_worker(&self) -> Result<()> {
        std::fs::copy(self.folder().join(worker::KILL_SWITCH), self.folder().join(WORKER))?;
        Ok(())
    }

    /// Forgets all requests so far.
    pub fn forget(&self) {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// From now on, text is sent in brotli, valid copies are answered with 304, and caches may keep files
    /// with a hash in their names.
    pub fn like_a_host(&self) {
        self.state.real.store(true, Ordering::Relaxed);
    }

    /// Makes the connection slow from now on: each answer begins after `latency`, and all share this many
    /// bytes a second. (A browser's own emulation does not slow service workers.)
    pub fn slow_line(&self, line: Option<(Duration, u32)>) {
        let line =
            line.map(|(latency, bytes_per_second)| Line { latency, bytes_per_second, free: Instant::now() });
        *self.state.line.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    /// What was sent since [`Self::like_a_host`], in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.state.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requested paths, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// All pages in a folder.
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

/// A page with a policy that allows all inline scripts.
fn without_hashes(page: &str) -> String {
    let mut words = page.split(" 'sha256-");
    let first = words.next().unwrap_or_default();
    let rest: String = words.filter_map(|word| word.split_once('\'')).map(|(_, rest)| rest).collect();
    format!("{first}{rest}").replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-inline'")
}

/// The folder of the release build.
pub fn dist() -> Result<PathBuf> {
    let dist =
        std::env::var_os("DATELINE_DIST").context("DATELINE_DIST is not set: run `cargo xtask test`")?;
    Ok(PathBuf::from(dist))
}

/// The folder of the app as Trunk built it.
pub fn trunk_build() -> Result<PathBuf> {
    let app = std::env::var_os("DATELINE_APP").context("DATELINE_APP is not set: run `cargo xtask test`")?;
    Ok(PathBuf::from(app))
}

/// Copies the app as Trunk built it into a folder, without the edition, for `desk publish`.
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

/// The bytes in brotli, at the highest quality.
#[must_use]
pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    // Writing into memory can't fail.
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
