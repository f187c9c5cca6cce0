//! The published folder on real hosts: Python's server, and nginx and Caddy if `cargo xtask test` found them,
//! with the samples in `docs/hosting.md`. Every route works without JavaScript, at a root and below a path,
//! and its HTML is valid.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use browser_tests::site::{self, dist};

/// The path that the folder is served at.
const BASES: [&str; 2] = ["/", "/news/"];

/// A host that is stopped at the end of its test.
struct Host {
    process: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Drop for Host {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program of a host; `None` if this machine has none.
fn program(name: &str) -> Option<PathBuf> {
    match name {
        "nginx" => std::env::var_os("DATELINE_NGINX").map(PathBuf::from),
        "caddy" => std::env::var_os("DATELINE_CADDY").map(PathBuf::from),
        _ => {
            let path = std::env::var_os("PATH")?;
            std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
        }
    }
}

/// The sample configuration for a host from the documentation, with some values replaced.
fn sample(name: &str, others: &[(&str, String)]) -> Result<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/hosting.md");
    let text = fs::read_to_string(file)?;
    let sample = text.split_once(&format!("```{name}\n")).and_then(|(_, rest)| rest.split_once("```"));
    let mut sample = sample.with_context(|| format!("hosting.md has a sample for {name}"))?.0.to_owned();
    for (of, other) in others {
        ensure!(sample.contains(of), "the sample for {name} has no {of}");
        sample = sample.replace(of, other);
    }
    Ok(sample)
}

/// Publishes the demonstration edition into `to`, for the path `base`.
fn published(base: &str, to: &Path) -> Result<()> {
    let app = tempfile::tempdir()?;
    site::app(app.path())?;
    let request = desk::publish::Request {
        edition: Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public/edition"),
        app: app.path().to_owned(),
        to: to.to_owned(),
        base: Some(base.to_owned()),
        now: dateline::content::Timestamp::parse("2026-11-24").context("a day")?,
        threads: None,
        press: desk::publish::press::Press::Quick,
        patience: Duration::ZERO,
    };
    let report = desk::publish::publish(&request)?;
    ensure!(report.warnings.is_empty(), "{:?}", report.warnings);
    Ok(())
}

/// Starts a host for the folder `published` at `base`, and waits until it answers.
fn host(name: &str, program: &Path, published: &Path, base: &str) -> Result<Host> {
    let folder = tempfile::Builder::new().prefix("host-").tempdir()?;
    // The folder is at the path that it is served at.
    let root = folder.path().join("root");
    let place = root.join(base.trim_matches('/'));
    copy(published, &place)?;
    let secret = root.join(".well-known").join("acme-challenge");
    fs::create_dir_all(&secret)?;
    fs::write(secret.join("token"), "what a certificate is given for")?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let (own, root) = (folder.path().display().to_string(), root.display().to_string());
    let mut command = Command::new(program);
    match name {
        "python3" => {
            command.args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"]);
            command.arg(&root).arg(port.to_string());
        }
        "nginx" => {
            let others = [
                ("listen 80", format!("listen 127.0.0.1:{port}")),
                ("/srv/site", root),
                ("404 /404.html", format!("404 {base}404.html")),
            ];
            let sample = sample(name, &others)?;
            let config = folder.path().join("nginx.conf");
            // The rest of the configuration. The default folders for temporary files would need nginx's own
            // user.
            fs::write(
                &config,
                format!(
                    "daemon off; pid {own}/pid; error_log {own}/error.log; events {{}}\n\
                     http {{ types {{ text/html html; text/css css; text/javascript js; application/wasm wasm; application/json json; image/svg+xml svg; image/webp webp; application/xml xml; text/plain txt; }}\n\
                     access_log off; client_body_temp_path {own}/a; proxy_temp_path {own}/b; fastcgi_temp_path {own}/c; uwsgi_temp_path {own}/d; scgi_temp_path {own}/e;\n\
                     {sample} }}\n"
                ),
            )?;
            command.arg("-c").arg(config).arg("-p").arg(folder.path()).arg("-e").arg("error.log");
        }
        _ => {
            let others = [
                ("example.org", format!("http://127.0.0.1:{port}")),
                ("/srv/site", root),
                ("* /404.html", format!("* {base}404.html")),
            ];
            let sample = sample(name, &others)?;
            let config = folder.path().join("Caddyfile");
            fs::write(&config, format!("{{\n admin off\n auto_https off\n}}\n{sample}"))?;
            command.args(["run", "--adapter", "caddyfile", "--config"]).arg(config);
            command.envs(["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"].map(|name| (name, folder.path())));
        }
    }
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut host = Host { process, url: format!("http://127.0.0.1:{port}{base}"), _folder: folder };
    let start = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        ensure!(host.process.try_wait()?.is_none(), "{name} ended at once");
        ensure!(start.elapsed() < Duration::from_secs(20), "{name} did not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(host)
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

/// The folders in the published one that have a page.
fn routes(folder: &Path, prefix: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    if folder.join("index.html").is_file() {
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

/// An answer: its status, headers and body.
struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A plain GET request.
fn get(url: &str) -> Result<Answer> {
    let rest = url.strip_prefix("http://").context("an address")?;
    let (host, path) = rest.split_once('/').context("a path")?;
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").context("a head")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).context("a status")?;
    let headers = head.lines().filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Ok(Answer { status, headers, body: body.to_owned() })
}

#[test]
fn every_route_answers_on_every_host_at_a_root_and_below_a_path() -> Result<()> {
    for base in BASES {
        let folder = tempfile::tempdir()?;
        let folder = folder.path().join("out");
        published(base, &folder)?;
        for name in ["python3", "nginx", "caddy"] {
            match program(name) {
                Some(program) => answers(name, &host(name, &program, &folder, base)?, &folder, base)
                    .with_context(|| format!("{name} at {base}"))?,
                None => println!("{name} is not here."),
            }
        }
    }
    Ok(())
}

/// Requests all routes from a host, and some addresses that do not exist.
fn answers(name: &str, host: &Host, folder: &Path, base: &str) -> Result<()> {
    // Python's server can't be configured.
    let is_real = name != "python3";
    let routes: Vec<String> = routes(folder, "")?.into_iter().filter(|route| route != "shell/").collect();
    ensure!(routes.len() >= 18, "{routes:?}");
    for route in &routes {
        let page = get(&format!("{}{route}", host.url))?;
        ensure!(
            page.status == 200 && page.header("content-type").starts_with("text/html"),
            "{route}: {:?}",
            page.headers
        );
        // The page is complete without the app.
        ensure!(page.body.contains("<h1") && page.body.contains("</footer>"), "{route}");
        if is_real {
            for (header, value) in [
                ("cache-control", "no-cache"),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "strict-origin-when-cross-origin"),
                ("content-security-policy", "frame-ancestors 'self'"),
            ] {
                ensure!(page.header(header) == value, "{route}: {header} is '{}'", page.header(header));
            }
        }
    }
    for (file, wanted) in
        [("edition/edition.json", "json"), ("robots.txt", "text/plain"), ("feed.xml", "xml")]
    {
        let found = get(&format!("{}{file}", host.url))?;
        ensure!(
            found.status == 200 && found.header("content-type").contains(wanted),
            "{file}: {:?}",
            found.headers
        );
    }
    let rules = fs::read_to_string(folder.join("_headers"))?;
    let lines: Vec<&str> = rules.lines().collect();
    let fixed = lines.windows(2).filter_map(|two| match two {
        [path, rule] if rule.contains("immutable") && !path.contains(':') => path.strip_prefix('/'),
        _ => None,
    });
    let fixed: Vec<&str> = fixed.collect();
    for end in [".css", ".js", ".svg", "_bg.wasm"] {
        ensure!(fixed.iter().any(|path| path.ends_with(end)), "{end} is not in {fixed:?}");
    }
    for path in fixed {
        let file = get(&format!("{}{path}", host.url))?;
        ensure!(file.status == 200, "{path}: {}", file.status);
        if path.ends_with(".wasm") {
            ensure!(file.header("content-type") == "application/wasm", "{path}: {:?}", file.headers);
        }
        let kept = file.header("cache-control");
        ensure!(!is_real || kept == "public, max-age=31536000, immutable", "{path}: '{kept}'");
    }
    // Missing files, even with the address of an immutable one.
    for path in [
        "story/no-such-story/",
        "edition/stories/storm-live/1-50-0123456789abcdef.json",
        "dateline-0123456789abcdef.js",
    ] {
        let lost = get(&format!("{}{path}", host.url))?;
        ensure!(lost.status == 404, "{path}: {}", lost.status);
        if is_real {
            ensure!(lost.header("cache-control") == "no-cache", "{path}: {:?}", lost.headers);
            let whole = format!("<base href=\"{base}\">");
            ensure!(
                lost.body.contains("There is no such page") && lost.body.contains(&whole),
                "{path}: {}",
                lost.body
            );
        }
    }
    if is_real {
        ensure!(get(&format!("{}.dateline-publish.json", host.url))?.status == 404);
        let root = host.url.strip_suffix(base).context("the host")?;
        ensure!(get(&format!("{root}/.well-known/acme-challenge/token"))?.status == 200);
    }
    Ok(())
}

#[test]
fn every_page_is_valid_html() -> Result<()> {
    let program = std::env::var_os("DATELINE_HTML_VALIDATE")
        .context("DATELINE_HTML_VALIDATE is not set: run `cargo xtask test`")?;
    let folder = tempfile::tempdir()?;
    let with_base = folder.path().join("out");
    published("https://example.org/news/", &with_base)?;
    let mut pages = Vec::new();
    for folder in [dist()?, with_base] {
        pages.extend(routes(&folder, "")?.iter().map(|route| folder.join(route).join("index.html")));
        pages.push(folder.join("404.html"));
    }
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("htmlvalidate.json");
    let output = Command::new("node")
        .arg(program)
        .arg("--config")
        .arg(config)
        .args(["--formatter", "text"])
        .args(pages)
        .output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(output.status.success(), "{}", said.chars().take(4_000).collect::<String>());
    Ok(())
}
