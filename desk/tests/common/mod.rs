//! A newsroom for tests: a folder of its own with sources and an edition, and the real `desk`.

// No test program uses all of this.
#![allow(dead_code, clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, io};

use dateline::content::live::{PostPage, PostSlot};
use dateline::content::{Edition, Live, Story, decode, encode};
use desk::live::blog::{Blog, Change};
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

    /// `desk`, with the newsroom as its working folder.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_desk"));
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs `desk`.
    pub fn desk<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Said {
        let output = self.command(arguments).output().expect("the desk runs");
        let text = |bytes| String::from_utf8(bytes).expect("the desk speaks UTF-8");
        Said {
            code: output.status.code().expect("the desk ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// Imports files into the edition, which must succeed. Returns the ids of their stories.
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
        assert_eq!(decoded.warnings, []);
        decoded.value
    }

    pub fn front(&self) -> Edition {
        let bytes = fs::read(self.edition().join("edition.json")).expect("the edition");
        let decoded = decode::edition(&bytes).expect("it can be decoded");
        assert_eq!(decoded.warnings, []);
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

    /// Runs `desk live COMMAND edition …`, which must succeed without a warning. Returns its output.
    pub fn live<const N: usize>(&self, command: &str, arguments: [&str; N]) -> String {
        let said = self.desk(["live", command, "edition"].into_iter().chain(arguments));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{said:?}");
        said.out.trim().to_owned()
    }

    /// Opens the live blog `harbour`.
    pub fn harbour(&self) {
        assert_eq!(self.live("open", ["--id", "harbour", "--headline", "The harbour opens"]), "revision 1");
    }

    /// The head of a live blog.
    pub fn head(&self, id: &str) -> Live {
        Live::clone(self.story(id).live.as_deref().expect("live matter"))
    }

    /// All posts of a live blog, read as a reader would: from the head, then from the files that it names.
    pub fn entries(&self, id: &str) -> Vec<PostSlot> {
        let head = self.head(id);
        let file = |page: &PostPage| {
            let path = self.edition().join("stories").join(id).join(format!("{}.json", page.name));
            fs::read(path).expect("what is named is there")
        };
        let mut pages = Vec::new();
        for index in &head.indexes {
            let decoded = decode::index(&file(index)).expect("an index");
            assert_eq!(decoded.warnings, []);
            pages.extend(decoded.value);
        }
        pages.extend(head.pages.iter().cloned());
        let mut entries = Vec::new();
        for page in &pages {
            let decoded = decode::page(&file(page)).expect("a page");
            assert_eq!(decoded.warnings, []);
            assert_eq!(decoded.value.iter().map(PostSlot::revision).max(), Some(page.revision));
            entries.extend(decoded.value);
        }
        entries.extend(head.posts);
        assert!(
            entries.iter().map(PostSlot::id).eq(1..=entries.len() as u32),
            "the numbers follow each other"
        );
        entries
    }

    /// Makes changes to a live blog without the program, which is faster for thousands of them.
    pub fn quickly(&self, id: &str, changes: impl IntoIterator<Item = Change>) {
        let mut blog = Blog::new(self.story(id)).expect("a live blog");
        let folder = self.edition().join("stories").join(id);
        fs::create_dir_all(&folder).expect("a folder");
        let now = blog.live().changed;
        for change in changes {
            let changed = blog
                .apply(change, now, &|name| fs::read(folder.join(format!("{name}.json"))))
                .expect("it can be done");
            for (name, bytes) in changed.files {
                fs::write(folder.join(format!("{name}.json")), bytes).expect("it can be written");
            }
        }
        let bytes = encode::story(blog.story()).expect("JSON");
        fs::write(folder.with_extension("json"), bytes).expect("it can be written");
        // This command updates the teaser.
        self.live("resume", [id]);
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

/// A PNG of this size in one colour.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::RgbImage::from_pixel(width, height, image::Rgb([32, 96, 160]));
    image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}
