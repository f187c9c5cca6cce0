//! The published folder on real hosts: Python's own server, and nginx and Caddy where they are installed. Every route
//! answers, at a root and below a path, to who has no JavaScript; and its HTML is valid.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What never changes under its name, as docs/hosting.md has it for nginx and Caddy.
const FIXED: &str = r"-[0-9a-f]{16}(_bg)?\.(js|wasm|css)$|/edition/stories/[^/]+/[^/]+\.json$";

/// A host that ends with its test.
struct Host {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn dist() -> Result<PathBuf> {
    let dist =
        std::env::var_os("DATELINE_DIST").context("DATELINE_DIST is not set: run `cargo xtask test`")?;
    Ok(PathBuf::from(dist))
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Starts a host for the published folder at `base`, and waits until it answers. `None` where it is not installed.
fn host(name: &str, base: &str) -> Result<Option<Host>> {
    let Some(program) = find(name) else { return Ok(None) };
    let folder = tempfile::Builder::new().prefix("host-").tempdir()?;
    // The folder lies below the path that it is served at.
    let root = folder.path().join("root");
    let place = root.join(base.trim_matches('/'));
    fs::create_dir_all(place.parent().unwrap_or(&root))?;
    copy(&dist()?, &place)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command = Command::new(program);
    match name {
        "python3" => {
            command.args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"]);
            command.arg(&root).arg(port.to_string());
        }
        "nginx" => {
            let config = folder.path().join("nginx.conf");
            let own = folder.path().display();
            let root = root.display();
            fs::write(
                &config,
                format!(
                    "daemon off; pid {own}/pid; error_log {own}/error.log; events {{}}\n\
                     http {{ types {{ text/html html; text/css css; text/javascript js; application/wasm wasm; application/json json; image/svg+xml svg; image/webp webp; application/xml xml; text/plain txt; }}\n\
                     charset utf-8; access_log off; client_body_temp_path {own}/a; proxy_temp_path {own}/b; fastcgi_temp_path {own}/c; uwsgi_temp_path {own}/d; scgi_temp_path {own}/e;\n\
                     server {{ listen 127.0.0.1:{port}; root {root}; gzip_static on; error_page 404 {base}404.html; add_header Cache-Control no-cache; location ~ /\\. {{ return 404; }} \
                     location ~ \"{FIXED}\" {{ add_header Cache-Control \"public, max-age=31536000, immutable\"; }} }} }}\n"
                ),
            )?;
            command.arg("-c").arg(config).arg("-p").arg(folder.path());
        }
        _ => {
            let config = folder.path().join("Caddyfile");
            let root = root.display();
            fs::write(
                &config,
                format!(
                    "{{\n admin off\n auto_https off\n}}\nhttp://127.0.0.1:{port} {{\n root * {root}\n file_server {{\n  precompressed br gzip\n  hide .dateline-publish*\n }}\n @fixed path_regexp \"{FIXED}\"\n \
                     header @fixed Cache-Control \"public, max-age=31536000, immutable\"\n @other not path_regexp \"{FIXED}\"\n \
                     header @other Cache-Control no-cache\n handle_errors {{\n  rewrite * {base}404.html\n  file_server\n }}\n}}\n"
                ),
            )?;
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(config);
            command
                .env("HOME", folder.path())
                .env("XDG_DATA_HOME", folder.path())
                .env("XDG_CONFIG_HOME", folder.path());
        }
    }
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let host = Host { process, url: format!("http://127.0.0.1:{port}{base}"), _folder: folder };
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(start.elapsed() < Duration::from_secs(20), "{name} did not start");
        std::thread::yield_now();
    }
    Ok(Some(host))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} can't be read", from.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// The folders below the published one that have a page.
fn routes(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if folder.join("index.html").is_file() && prefix != "shell/" {
        found.push(prefix.to_owned());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found
                .extend(routes(&entry.path(), &format!("{prefix}{}/", entry.file_name().to_string_lossy()))?);
        }
    }
    Ok(found)
}

/// Status, type, caching and body of an answer, asked for as the plainest of browsers would.
fn get(url: &str) -> Result<(u16, String, String, String)> {
    use std::io::{Read, Write};
    let rest = url.strip_prefix("http://").context("an address")?;
    let (host, path) = rest.split_once('/').context("a path")?;
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").context("a head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("a status")?;
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.to_lowercase().strip_prefix(name).map(str::to_owned));
        found.unwrap_or_default()
    };
    Ok((status, header("content-type: "), header("cache-control: "), body.to_owned()))
}

#[test]
fn every_route_answers_on_every_host_at_a_root_and_below_a_path() -> Result<()> {
    let routes = routes(&dist()?, "")?;
    ensure!(routes.len() >= 18, "{routes:?}");
    for name in ["python3", "nginx", "caddy"] {
        for base in ["/", "/news/"] {
            let Some(host) = host(name, base)? else {
                println!("{name} is not installed.");
                continue;
            };
            for route in &routes {
                let (status, kind, kept, body) = get(&format!("{}{route}", host.url))?;
                ensure!(name == "python3" || kept == "no-cache", "{name} {base}{route}: {kept}");
                ensure!(
                    status == 200 && kind.starts_with("text/html"),
                    "{name} {base}{route}: {status} {kind}"
                );
                // It can be read as it comes.
                ensure!(body.contains("<h1") && body.contains("</footer>"), "{name} {base}{route}");
            }
            for (file, wanted) in
                [("edition/edition.json", "json"), ("robots.txt", "text/plain"), ("feed.xml", "xml")]
            {
                let (status, kind, ..) = get(&format!("{}{file}", host.url))?;
                ensure!(status == 200 && kind.contains(wanted), "{name} {base}{file}: {status} {kind}");
            }
            let mut names =
                fs::read_dir(dist()?)?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
            let module = names.find(|name| name.ends_with("_bg.wasm")).context("the app has a module")?;
            let (status, kind, kept, _) = get(&format!("{}{module}", host.url))?;
            ensure!(
                status == 200 && kind.starts_with("application/wasm"),
                "{name} {base}{module}: {status} {kind}"
            );
            ensure!(
                name == "python3" || kept.contains("immutable") && !kept.contains("no-cache"),
                "{name}: {kept}"
            );
            ensure!(get(&format!("{}story/no-such-story/", host.url))?.0 == 404, "{name} {base}");
        }
    }
    Ok(())
}

#[test]
fn every_page_is_valid_html() -> Result<()> {
    let program = std::env::var_os("DATELINE_HTML_VALIDATE")
        .context("DATELINE_HTML_VALIDATE is not set: run `cargo xtask test`")?;
    let dist = dist()?;
    let pages: Vec<PathBuf> =
        routes(&dist, "")?.iter().map(|route| dist.join(route).join("index.html")).collect();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("htmlvalidate.json");
    let output = Command::new("node")
        .arg(program)
        .arg("--config")
        .arg(config)
        .args(["--formatter", "text"])
        .args(pages)
        .arg(dist.join("404.html"))
        .output()?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.chars().take(4_000).collect::<String>());
    Ok(())
}
