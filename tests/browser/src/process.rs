//! The processes of browsers: drivers, virtual screens, and a browser without a driver. Each is killed with
//! its owner.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A process that is killed with its owner, together with its descendants: a browser would outlive its
/// driver.
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let started = descendants(self.0.id());
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
        for process in started {
            let _ = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
        }
    }
}

/// WebKit's MiniBrowser without a driver: with one, it does not keep its storage. The page's own scripts have
/// to do everything, and to report to the host. It is killed when this is dropped.
pub struct Unattended {
    _processes: [Process; 2],
}

impl Unattended {
    /// Opens an address, with the profile in the folder `profile`.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn open(profile: &Path, address: &str) -> Result<Self> {
        let mut browser = Command::new(variable("DATELINE_MINIBROWSER")?);
        browser.arg(address).env("HOME", profile).env("TMPDIR", profile);
        for name in ["XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
            browser.env_remove(name);
        }
        browser.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let screen = on_a_screen(&mut browser)?;
        Ok(Self {
            _processes: [Process(browser.spawn().context("MiniBrowser could not be started")?), screen],
        })
    }
}

/// Lets WebKit, or its driver, show windows on a virtual screen.
pub(crate) fn on_a_screen(webkit: &mut Command) -> Result<Process> {
    let (display, screen) = screen()?;
    webkit
        .env("DISPLAY", display)
        .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        // With this, the browser's language is "C", which is not a valid one. Pages have to cope with it.
        .env("LC_ALL", "C");
    Ok(screen)
}

/// A virtual screen, with an unused display number.
fn screen() -> Result<(String, Process)> {
    use std::io::{BufRead, BufReader};
    let mut command = Command::new("Xvfb");
    command.args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("Xvfb could not be started")?;
    let out = child.stdout.take();
    let process = Process(child);
    let mut number = String::new();
    // Xvfb writes the number once it listens.
    BufReader::new(out.context("Xvfb has an output")?).read_line(&mut number)?;
    Ok((format!(":{}", number.trim()), process))
}

/// All descendants of a process.
fn descendants(parent: u32) -> Vec<u32> {
    let mut found = children(parent).unwrap_or_default();
    let mut at = 0;
    while let Some(next) = found.get(at) {
        found.extend(children(*next).unwrap_or_default());
        at += 1;
    }
    found
}

/// The children of a process.
pub(crate) fn children(parent: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let Ok(id) = entry?.file_name().to_string_lossy().parse::<u32>() else { continue };
        // The process may have ended meanwhile.
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        // The name is in parentheses and may contain anything.
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        if rest.split_whitespace().nth(1) == Some(&parent.to_string()) {
            found.push(id);
        }
    }
    Ok(found)
}

/// The value of an environment variable that `cargo xtask test` sets.
pub(crate) fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set: run `cargo xtask test`"))
}
