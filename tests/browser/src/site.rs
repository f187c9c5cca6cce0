//! A static host on this machine: the release build under any base path, and faults where they are ordered.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode, Uri, header};
use tokio::net::TcpListener;

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
    /// Nothing, ever.
    Hang,
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
    asked: Mutex<Vec<String>>,
}

impl Site {
    /// Serves the release build at a free port of this machine, below `base` (`/`, `/news/`).
    pub async fn start(base: &str) -> Result<Self> {
        let dist = PathBuf::from(
            std::env::var_os("DATELINE_DIST").context("DATELINE_DIST is not set: run `cargo xtask test`")?,
        );
        let folder = tempfile::tempdir()?;
        copy(&dist, folder.path())?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://127.0.0.1:{}{base}", listener.local_addr()?.port());
        let state = Arc::new(Served {
            folder: folder.path().to_owned(),
            base: base.to_owned(),
            faults: Mutex::default(),
            asked: Mutex::default(),
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&state));
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
    }

    /// The paths that were asked for, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn answer(State(served): State<Arc<Served>>, uri: Uri) -> Response<Body> {
    let Some(path) = uri.path().strip_prefix(&served.base).map(str::to_owned) else {
        return page(StatusCode::NOT_FOUND, b"<!doctype html><title>Not here</title>".to_vec());
    };
    served.asked.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    let fault = served.faults.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
    match fault {
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            page(status, b"<!doctype html><h1>Something went wrong</h1>".to_vec())
        }
        Some(Fault::Page) => {
            page(StatusCode::OK, b"<!doctype html><title>Log in</title><h1>Log in</h1>".to_vec())
        }
        Some(Fault::Bytes(bytes)) => respond(StatusCode::OK, "application/json", bytes),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::Half) => {
            let bytes = file(&served.folder, &path).map(|(_, bytes)| bytes).unwrap_or_default();
            respond(
                StatusCode::OK,
                "application/json",
                bytes.get(..bytes.len() / 2).unwrap_or_default().to_vec(),
            )
        }
        None => match file(&served.folder, &path) {
            Some((kind, bytes)) => respond(StatusCode::OK, kind, bytes),
            None => {
                page(StatusCode::NOT_FOUND, std::fs::read(served.folder.join("404.html")).unwrap_or_default())
            }
        },
    }
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
