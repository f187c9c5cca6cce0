//! Writes Dateline JSON and its JSON Schemas.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::body::{List, ListItem};
use super::dates::Timestamp;
use super::decode::VERSION;
use super::edition::Edition;
use super::inline::{Inline, Text};
use super::live::{PostPage, PostSlot};
use super::story::Story;

/// A file: the version of the format, and the content.
#[derive(Serialize, JsonSchema)]
struct File<'a, T> {
    /// The version of the format.
    version: u32,
    /// The content.
    #[serde(flatten)]
    content: &'a T,
}

/// The bytes of `edition.json`.
///
/// # Errors
/// Where serde can't write the value, which no value of these types causes.
pub fn edition(edition: &Edition) -> serde_json::Result<Vec<u8>> {
    file(edition)
}

/// The bytes of `stories/<id>.json`.
///
/// # Errors
/// As [`edition`].
pub fn story(story: &Story) -> serde_json::Result<Vec<u8>> {
    if story.live.is_some() { small_file(story) } else { file(story) }
}

/// A story as it is embedded in a page, small and on one line.
///
/// # Errors
/// As [`edition`].
pub fn story_in_page(story: &Story) -> serde_json::Result<String> {
    serde_json::to_string(&File { version: VERSION, content: story })
}

/// The bytes of a page: posts, oldest first.
///
/// # Errors
/// As [`edition`].
pub fn page(posts: &[PostSlot]) -> serde_json::Result<Vec<u8>> {
    small_file(&PageFile { posts })
}

/// The bytes of an index: pages, oldest first.
///
/// # Errors
/// As [`edition`].
pub fn index(pages: &[PostPage]) -> serde_json::Result<Vec<u8>> {
    small_file(&IndexFile { pages })
}

/// Older posts of a live blog, which are no longer in its head.
#[derive(Serialize, JsonSchema)]
struct PageFile<'a> {
    /// The posts, oldest first.
    posts: &'a [PostSlot],
}

/// Older pages of a live blog, which are no longer listed in its head.
#[derive(Serialize, JsonSchema)]
struct IndexFile<'a> {
    /// The pages, oldest first.
    pages: &'a [PostPage],
}

/// A file that people read and edit.
fn file<T: Serialize>(content: &T) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(&File { version: VERSION, content })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A file that readers load again and again.
fn small_file<T: Serialize>(content: &T) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&File { version: VERSION, content })
}

/// The JSON Schemas (draft 2020-12) of the format's files, with their names.
#[must_use]
pub fn schemas() -> [(&'static str, Schema); 4] {
    [
        ("edition", schema::<Edition>("Dateline edition")),
        ("story", schema::<Story>("Dateline story")),
        ("page", schema::<PageFile<'_>>("Dateline page of a live blog")),
        ("index", schema::<IndexFile<'_>>("Dateline index of a live blog")),
    ]
}

fn schema<T: JsonSchema>(title: &str) -> Schema {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File<'_, T>>();
    schema.insert("title".to_owned(), title.into());
    schema
}

/// An author in JSON: the name alone, or an object.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "its schema is all that is wanted of it")]
pub(super) enum AuthorOrName {
    /// The name alone.
    Name(String),
    /// An object.
    Author(super::Author),
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time", "description": "A moment, as RFC 3339 writes it." })
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [] => serializer.serialize_str(""),
            [Inline::Text(plain)] => serializer.serialize_str(plain),
            inlines => inlines.serialize(serializer),
        }
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let inline = generator.subschema_for::<Inline>();
        json_schema!({
            "description": "A run of text: a string, or an array of strings and marks.",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": inline }],
        })
    }
}

impl Serialize for ListItem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct WithList<'a> {
            text: &'a Text,
            list: &'a List,
        }
        match &self.list {
            None => self.text.serialize(serializer),
            Some(list) => WithList { text: &self.text, list }.serialize(serializer),
        }
    }
}

impl JsonSchema for ListItem {
    fn schema_name() -> Cow<'static, str> {
        "ListItem".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<Text>();
        let list = generator.subschema_for::<List>();
        json_schema!({
            "description": "An item of a list: its text, or an object that adds a list within it.",
            "anyOf": [
                text,
                { "type": "object", "properties": { "text": text, "list": list }, "required": ["text", "list"] },
            ],
        })
    }
}
