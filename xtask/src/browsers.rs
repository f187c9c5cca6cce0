//! Gets what browser tests and benchmarks need: browsers and their drivers, web servers, Hugo, and tools from
//! npm (axe-core, html-validate, Lighthouse).

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{command, find, output, run};
use crate::tools;

/// The environment variables that tell browser tests what there is.
pub struct Browsers {
    variables: Vec<(&'static str, PathBuf)>,
    names: Vec<&'static str>,
    missing: Vec<String>,
}

impl Browsers {
    /// Gets Chromium, which is required, and Firefox and WebKit if possible.
    pub fn get(root: &Path) -> Result<Self> {
        let mut browsers = Self { variables: Vec::new(), names: Vec::new(), missing: Vec::new() };
        browsers.chromium()?;
        if let Err(error) = browsers.firefox(root) {
            browsers.missing.push(format!("Firefox ({error:#})"));
        }
        if let Err(error) = browsers.webkit() {
            browsers.missing.push(format!("WebKit ({error:#})"));
        }
        for (name, variable, asks) in
            [("nginx", "DATELINE_NGINX", "-v"), ("caddy", "DATELINE_CADDY", "version")]
        {
            match host(name, asks) {
                Ok(program) => browsers.variables.push((variable, program)),
                Err(error) => browsers.missing.push(format!("{name} ({error:#})")),
            }
        }
        let modules = npm(&root.join("tests").join("browser"), &["axe-core", "html-validate"])?;
        browsers.variables.push(("DATELINE_AXE", modules.join("axe-core").join("axe.min.js")));
        browsers.variables.push((
            "DATELINE_HTML_VALIDATE",
            modules.join("html-validate").join("bin").join("html-validate.mjs"),
        ));
        Ok(browsers)
    }

    /// Sets the variables for a program.
    pub fn tell(&self, program: &mut Command) {
        program.envs(self.variables.iter().map(|(name, value)| (name, value)));
        program.env("DATELINE_BROWSERS", self.names.join(","));
    }

    /// Which browsers run, and why others do not.
    pub fn summary(&self) -> String {
        let ran = format!("Browsers: {}.", self.names.join(", "));
        if self.missing.is_empty() { ran } else { format!("{ran} Not run: {}.", self.missing.join("; ")) }
    }

    fn add(&mut self, name: &'static str, variables: [(&'static str, PathBuf); 2]) {
        self.names.push(name);
        self.variables.extend(variables);
    }

    fn chromium(&mut self) -> Result<()> {
        const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
        let there = || NAMES.iter().find_map(|name| find(name)).zip(find("chromedriver"));
        let found = had(there, &["chromium", "chromium-driver"]).context(
            "the browser tests need Chromium and its driver on the PATH (Debian: `apt-get install chromium chromium-driver`; \
             elsewhere: Chrome and the chromedriver of the same version)",
        )?;
        self.add("chromium", [("DATELINE_CHROMIUM", found.0), ("DATELINE_CHROMEDRIVER", found.1)]);
        Ok(())
    }

    fn firefox(&mut self, root: &Path) -> Result<()> {
        let there = || find("firefox-esr").or_else(|| find("firefox"));
        let firefox = had(there, &["firefox-esr"])?;
        let driver = match find("geckodriver") {
            Some(driver) => driver,
            None => tools::geckodriver(root)?,
        };
        self.add("firefox", [("DATELINE_FIREFOX", firefox), ("DATELINE_GECKODRIVER", driver)]);
        Ok(())
    }

    fn webkit(&mut self) -> Result<()> {
        let there = || {
            let driver = find("WebKitWebDriver")?;
            find("Xvfb")?;
            Some((driver, minibrowser()?))
        };
        let (driver, browser) = had(there, &["webkit2gtk-driver", "xvfb"])?;
        self.add("webkit", [("DATELINE_WEBKITDRIVER", driver), ("DATELINE_MINIBROWSER", browser)]);
        Ok(())
    }
}

/// WebKit's own test browser, which distributions install beside the library.
fn minibrowser() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    let mut files = folders.map(|folder| folder.join("webkit2gtk-4.1").join("MiniBrowser"));
    files.find(|file| file.is_file())
}

/// What `there` finds, if need be after installing packages with the system's package manager.
fn had<T>(there: impl Fn() -> Option<T>, packages: &[&str]) -> Result<T> {
    if let Some(found) = there() {
        return Ok(found);
    }
    apt(packages)?;
    there().with_context(|| format!("the packages {} did not bring what is needed", packages.join(", ")))
}

/// A web server to try the published folder on.
fn host(name: &str, asks: &str) -> Result<PathBuf> {
    // Nearly every system has the libraries that they need.
    let get = |place: &Path| {
        let mut apt = command("apt-get");
        apt.current_dir(place).args(["-qq", "download", name]);
        apt
    };
    Ok(packaged(name, asks, get)?.program)
}

/// Hugo, to compare publishing with.
pub fn hugo() -> Result<Packaged> {
    let get = |place: &Path| {
        let mut apt = command("apt-get");
        apt.args(["-qq", "-y", "--no-install-recommends", "--download-only"]);
        // Nothing is installed, so this needs neither root nor a lock.
        let archives = format!("Dir::Cache::archives={}", place.display());
        apt.args(["-o", "Debug::NoLocking=true", "-o", &archives, "install", "hugo"]);
        apt
    };
    packaged("hugo", "version", get).context("Hugo is needed to measure beside")
}

/// A program that the system has, or that was unpacked from its packages.
pub struct Packaged {
    pub program: PathBuf,
    /// The folders of libraries that the system may lack, for `LD_LIBRARY_PATH`.
    pub libraries: Option<OsString>,
}

/// Finds a program, or unpacks it from Debian's packages into the cache. Installing some of these packages
/// would start services. `get` downloads packages into a folder; with the argument `asks`, the program only
/// prints something.
fn packaged(name: &str, asks: &str, get: impl Fn(&Path) -> Command) -> Result<Packaged> {
    if let Some(program) = find(name) {
        return Ok(Packaged { program, libraries: None });
    }
    let place = tools::cache()?.join("tools").join(format!("{name}-debian"));
    let there = || {
        ["usr/sbin", "usr/bin"].iter().map(|folder| place.join(folder).join(name)).find(|file| file.is_file())
    };
    if there().is_none() {
        unpack(name, &place, get)?;
    }
    let program = there().with_context(|| format!("the package {name} has no {name} in it"))?;
    let libraries = libraries(&place)?;
    // It may need libraries that are missing.
    let mut starts = Command::new(&program);
    starts.arg(asks).stdout(Stdio::null()).stderr(Stdio::null());
    starts.envs(libraries.iter().map(|folders| ("LD_LIBRARY_PATH", folders)));
    if !starts.status()?.success() {
        bail!("{} does not start; without {} it is got anew", program.display(), place.display());
    }
    Ok(Packaged { program, libraries })
}

/// Unpacks the packages that `get` downloads.
fn unpack(name: &str, place: &Path, get: impl Fn(&Path) -> Command) -> Result<()> {
    if find("apt-get").is_none() {
        bail!("not there, and this system has no apt-get to bring it");
    }
    println!("Getting {name} …");
    // Unpacked beside and renamed, so that an interrupted run leaves no half of it.
    let beside = place.with_file_name(format!(".{name}-debian-{}", std::process::id()));
    // apt-get needs this folder for unfinished downloads.
    let made = fs::create_dir_all(beside.join("partial"));
    made.with_context(|| format!("{} could not be made", beside.display()))?;
    let all = || {
        run(&mut get(&beside)).or_else(|_| update().and_then(|()| run(&mut get(&beside))))?;
        for file in fs::read_dir(&beside)?.flatten().map(|entry| entry.path()) {
            if file.extension().is_some_and(|end| end == "deb") {
                run(command("dpkg").arg("-x").arg(&file).arg(&beside))?;
                fs::remove_file(file)?;
            }
        }
        if place.exists() {
            fs::remove_dir_all(place)?;
        }
        fs::rename(&beside, place).with_context(|| format!("{} could not be put in place", place.display()))
    };
    all().inspect_err(|_| {
        let _ = fs::remove_dir_all(&beside);
    })
}

/// The folders of libraries in unpacked packages, in the format of `LD_LIBRARY_PATH`.
fn libraries(place: &Path) -> Result<Option<OsString>> {
    let roots = ["usr/lib", "lib"].into_iter().filter_map(|root| fs::read_dir(place.join(root)).ok());
    // They are named after the platform, like `x86_64-linux-gnu`.
    let folders = roots.flat_map(|entries| entries.flatten().map(|entry| entry.path()));
    let of_machine =
        |folder: &PathBuf| folder.file_name().is_some_and(|name| name.to_string_lossy().contains("-linux-"));
    let folders: Vec<PathBuf> = folders.filter(of_machine).collect();
    let path =
        std::env::join_paths(&folders).context("the cache has a folder with a separator in its name")?;
    Ok((!folders.is_empty()).then_some(path))
}

/// `apt-get`, as root.
fn apt_get() -> Result<Command> {
    if find("apt-get").is_none() {
        bail!("not there, and this system has no apt-get to bring it");
    }
    let root = output(command("id").arg("-u"))?.trim() == "0";
    let mut apt = if root { command("apt-get") } else { command("sudo") };
    if !root {
        apt.args(["-n", "apt-get"]);
    }
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(apt)
}

fn update() -> Result<()> {
    run(apt_get()?.args(["-qq", "update"])).context("`apt-get update` as root")
}

/// Installs packages, if this is a Debian and we have the right to.
fn apt(packages: &[&str]) -> Result<()> {
    println!("Installing {} …", packages.join(", "));
    update()?;
    // Fonts, so that Arabic and Japanese stories are not boxes in screenshots.
    let install = || {
        run(apt_get()?
            .args(["-qq", "-y", "install"])
            .args(packages)
            .args(["fonts-noto-core", "fonts-noto-cjk"]))
    };
    install()
        .or_else(|_| install())
        .with_context(|| format!("`apt-get install {}` as root", packages.join(" ")))
}

/// Lighthouse's program for `node`, in the version that `tests/browser/lighthouse/package-lock.json` pins.
pub fn lighthouse(root: &Path) -> Result<PathBuf> {
    let modules = npm(&root.join("tests").join("browser").join("lighthouse"), &["lighthouse"])?;
    Ok(modules.join("lighthouse").join("cli").join("index.js"))
}

/// The folder of npm packages, in the versions that the lock file in `folder` pins.
fn npm(folder: &Path, packages: &[&str]) -> Result<PathBuf> {
    let (shown, names) = (folder.display(), packages.join(" and "));
    let lock = fs::read_to_string(folder.join("package-lock.json"))
        .with_context(|| format!("{shown}/package-lock.json could not be read"))?;
    let place = tools::cache()?
        .join("tools")
        .join(format!("npm-{}", crate::dist::hash(lock.as_bytes()).get(..16).unwrap_or_default()));
    let modules = place.join("node_modules");
    let there = || packages.iter().all(|package| modules.join(package).join("package.json").is_file());
    if there() {
        return Ok(modules);
    }
    if find("npm").is_none() {
        apt(&["npm"]).with_context(|| format!("npm is needed to get {names}"))?;
    }
    fs::create_dir_all(&place).with_context(|| format!("{} could not be made", place.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(folder.join(name), place.join(name))
            .with_context(|| format!("{shown}/{name} could not be copied"))?;
    }
    println!("Installing {names} …");
    run(command("npm").current_dir(&place).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
    ]))?;
    if there() { Ok(modules) } else { bail!("npm did not bring {}", modules.display()) }
}
