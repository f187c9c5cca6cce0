//! A newsroom for tests: a folder of its own with sources and an edition, and the real `desk`.

// Each test program uses what it needs of this.
#![allow(dead_code, clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use dateline::content::{Edition, Story, decode};
use serde_json::Value;

/// A temporary folder, with the edition at `edition/`.
pub struct Newsroom(tempfile::TempDir);

/// What a command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Newsroom {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn edition(&self) -> PathBuf {
        self.path("edition")
    }

    /// Writes a file, and the folders that it is in.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, content).expect("the file can be written");
        path
    }

    /// Runs `desk` with the newsroom as its working folder.
    pub fn desk<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_desk"));
        let output = command.current_dir(self.0.path()).args(arguments).output().expect("the desk runs");
        let text = |bytes| String::from_utf8(bytes).expect("the desk speaks UTF-8");
        Said {
            code: output.status.code().expect("the desk ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Imports files into the edition, which has to work; the ids of their stories.
    pub fn import<const N: usize>(&self, arguments: [&str; N]) -> Vec<String> {
        let said = self.desk(["import", "--into", "edition"].into_iter().chain(arguments));
        assert_eq!(said.code, 0, "{said:?}");
        let id = |line: &str| {
            let file = Path::new(line).file_stem().expect("a file").to_string_lossy().into_owned();
            assert!(self.path(line).is_file(), "the file that it prints is there: {line}");
            file
        };
        said.out.lines().map(id).collect()
    }

    pub fn check(&self) -> Said {
        self.desk(["check", "edition"])
    }

    pub fn story(&self, id: &str) -> Story {
        let bytes = fs::read(self.edition().join("stories").join(format!("{id}.json"))).expect("the story");
        let decoded = decode::story(&bytes).expect("it can be decoded");
        assert_eq!(decoded.problems, []);
        decoded.value
    }

    pub fn front(&self) -> Edition {
        let bytes = fs::read(self.edition().join("edition.json")).expect("the edition");
        let decoded = decode::edition(&bytes).expect("it can be decoded");
        assert_eq!(decoded.problems, []);
        decoded.value
    }

    /// The ids of the teasers of a section, in order.
    pub fn teasers(&self, section: &str) -> Vec<String> {
        let front = self.front();
        let section = front.sections.iter().find(|it| it.id.as_str() == section).expect("the section");
        section.teasers.iter().map(|teaser| teaser.id.to_string()).collect()
    }

    /// Changes a JSON file of the edition by hand, as a publisher may.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.edition().join(name);
        let mut value = serde_json::from_slice(&fs::read(&path).expect("the file")).expect("JSON");
        change(&mut value);
        fs::write(path, format!("{value:#}")).expect("it can be written");
    }

    /// Every file of the edition with its bytes.
    pub fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.edition(), &mut files).expect("the edition can be read");
        files
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.insert(path.clone(), fs::read(path)?);
        }
    }
    Ok(())
}

/// A PNG of that size that is nothing but its header, which is all that has to be read of it.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0, 0, 0, 0, 0]);
    bytes
}
