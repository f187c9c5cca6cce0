//! The browsers that tests run in, the hosts that they try, and what npm has to look at pages with: axe-core, html-validate, Lighthouse.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{command, find, output, run};
use crate::tools;

/// What a browser test is told of its surroundings, as environment variables.
pub struct Browsers {
    variables: Vec<(&'static str, PathBuf)>,
    names: Vec<&'static str>,
    missing: Vec<String>,
}

impl Browsers {
    /// Gets Chromium, which is needed, and Firefox and WebKit where they can be had.
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

    /// Tells a program that tests browsers what there is.
    pub fn tell(&self, program: &mut Command) {
        program.envs(self.variables.iter().map(|(name, value)| (name, value)));
        program.env("DATELINE_BROWSERS", self.names.join(","));
    }

    /// Which ran, and which did not and why.
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

/// WebKit's own test browser, which distributions keep beside the library.
fn minibrowser() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    let mut files = folders.map(|folder| folder.join("webkit2gtk-4.1").join("MiniBrowser"));
    files.find(|file| file.is_file())
}

/// What is there, after a try to have the system's package manager bring it.
fn had<T>(there: impl Fn() -> Option<T>, packages: &[&str]) -> Result<T> {
    if let Some(found) = there() {
        return Ok(found);
    }
    apt(packages)?;
    there().with_context(|| format!("the packages {} did not bring what is needed", packages.join(", ")))
}

/// A host to try the published folder on. Debian's packages of them start services when they are installed; so a
/// package is unpacked into the cache, and the system left as it is.
fn host(name: &str, asks: &str) -> Result<PathBuf> {
    if let Some(program) = find(name) {
        return Ok(program);
    }
    let place = tools::cache()?.join("tools").join(format!("{name}-debian"));
    let there = || {
        ["usr/sbin", "usr/bin"].iter().map(|folder| place.join(folder).join(name)).find(|file| file.is_file())
    };
    if there().is_none() {
        fs::create_dir_all(&place).with_context(|| format!("{} could not be made", place.display()))?;
        println!("Getting {name} …");
        let download = || run(command("apt-get").current_dir(&place).args(["-qq", "download", name]));
        if find("apt-get").is_none() {
            bail!("not there, and this system has no apt-get to bring it");
        }
        download().or_else(|_| update().and_then(|()| download()))?;
        for file in fs::read_dir(&place)?.flatten().map(|entry| entry.path()) {
            if file.extension().is_some_and(|end| end == "deb") {
                run(command("dpkg").arg("-x").arg(&file).arg(&place))?;
                fs::remove_file(file)?;
            }
        }
    }
    let program = there().with_context(|| format!("the package {name} has no {name} in it"))?;
    // It may want libraries that are not there.
    let starts = Command::new(&program).arg(asks).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if starts.success() { Ok(program) } else { bail!("{} does not start", program.display()) }
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

/// Installs packages where this is a Debian and we may.
fn apt(packages: &[&str]) -> Result<()> {
    println!("Installing {} …", packages.join(", "));
    update()?;
    // Fonts, so that Arabic and Japanese stories are letters and not boxes in what the tests see.
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

/// Lighthouse, in the version that `tests/browser/lighthouse/package-lock.json` pins: its program, for `node`.
pub fn lighthouse(root: &Path) -> Result<PathBuf> {
    let modules = npm(&root.join("tests").join("browser").join("lighthouse"), &["lighthouse"])?;
    Ok(modules.join("lighthouse").join("cli").join("index.js"))
}

/// The folder of packages from npm, in the versions that the lock file in `folder` pins.
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
