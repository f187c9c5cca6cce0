//! Running other programs.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A command to run, with no standard input.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

/// Runs a command.
///
/// # Errors
/// If it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{name} could not be started"))?;
    if !status.success() {
        bail!("{name} {} failed ({status})", words(command));
    }
    Ok(())
}

/// Runs tests and shows their output. Returns the names of those that failed.
pub fn failed_tests(command: &mut Command) -> Result<Vec<String>> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("{name} could not be started"))?;
    let mut failed = Vec::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines() {
            let line = line.with_context(|| format!("{name} can't be heard"))?;
            println!("{line}");
            failed.extend(
                line.strip_prefix("test ").and_then(|it| it.strip_suffix(" ... FAILED")).map(str::to_owned),
            );
        }
    }
    let status = child.wait().with_context(|| format!("{name} did not end"))?;
    if !status.success() && failed.is_empty() {
        bail!("{name} {} failed ({status})", words(command));
    }
    Ok(failed)
}

/// Runs a command and returns its output.
///
/// # Errors
/// If it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("{name} could not be started"))?;
    if !output.status.success() {
        bail!("{name} {} failed ({})", words(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn words(command: &Command) -> String {
    let words: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

/// The file of a program, found with `PATH`.
pub fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    let name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    // Debian installs servers here, and not every `PATH` has it.
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    folders.map(|folder| folder.join(&name)).find(|file| file.is_file())
}
