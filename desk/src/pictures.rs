//! Pictures beside a source: copied into the edition under a name with a hash of their content, with responsive
//! widths beside them ([`crate::widths`]).

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use dateline::content::{Block, Color, Href, Picture, Source, Text};
use dateline::convert::html::Base;
use dateline::convert::{Coverage, Draft, each_picture};
use imagesize::ImageType;
use sha2::{Digest, Sha256};

use crate::widths::{Format, WIDEST, Widths, widths};

/// The largest file that is accepted as a picture, in bytes.
const LARGEST: u64 = 30 * 1024 * 1024;
/// The edition's folder for imported pictures.
const FOLDER: &str = "images/";
const NO_ADDRESS: &str = "its name can't be an address";
const NO_FILE_NAME: &str = "its address is not a file name";

/// The pictures to write.
#[derive(Debug, Default)]
pub struct Copies {
    /// Path within the edition, and bytes.
    files: Files,
    /// The result for each original, by its path within the edition.
    made: HashMap<String, Picture>,
}

impl Copies {
    /// No pictures yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Each file: its path within the edition, and its bytes.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }

    fn add(&mut self, name: String, bytes: Vec<u8>) {
        if !self.files.iter().any(|(known, _)| *known == name) {
            self.files.push((name, bytes));
        }
    }
}

/// Copies the pictures of a draft that are files in its source's folder or below it, and sets their sizes. Other
/// addresses are relative to the page's own address; if that is unknown too, the picture is left out with a warning.
pub(crate) fn bring(draft: &mut Draft, source: &Path, copies: &mut Copies, warnings: &mut Vec<String>) {
    let home = source.parent().unwrap_or(Path::new("."));
    let base = draft.canonical.as_ref().map_or(Base::Unknown, |href| Base::page(href.as_str()));
    bring_from(draft, home, &base, copies, warnings);
}

/// The same for a draft whose pictures are in `home` or below it.
pub(crate) fn bring_from(
    draft: &mut Draft,
    home: &Path,
    base: &Base,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) {
    draft.image = draft.image.take().and_then(|picture| brought(picture, home, base, copies, warnings));
    bring_into(&mut draft.body, home, base, copies, warnings);
    for part in draft.coverage.iter_mut().flat_map(Coverage::parts_mut) {
        bring_into(part, home, base, copies, warnings);
    }
}

/// The same for blocks whose pictures are in `home` or below it.
pub(crate) fn bring_into(
    body: &mut Vec<Block>,
    home: &Path,
    base: &Base,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) {
    each_picture(body, &mut |picture| brought(picture, home, base, copies, warnings));
}

/// A file from outside as a picture of the edition, in several widths.
pub(crate) fn file(
    path: &Path,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Result<Picture, &'static str> {
    in_widths(loaded(path)?, copies, warnings)
}

/// The picture in several widths, without caption or alternative text.
fn in_widths(
    original: Original,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Result<Picture, &'static str> {
    let name = original.name();
    if let Some(made) = copies.made.get(&name) {
        return Ok(made.clone());
    }
    let (made, files) = made(&original, FOLDER)?;
    if let Some(why) = made.trouble {
        warnings.push(format!("the picture {name} is there in one width alone: {why}"));
    }
    let mut sources = made.smaller;
    sources.push(Source { url: Href::resource(&name).ok_or(NO_ADDRESS)?, width: made.own_width });
    for (name, bytes) in files {
        copies.add(name, bytes);
    }
    copies.add(name.clone(), original.bytes);
    let (width, height) = made.size;
    let picture = Picture {
        sources,
        alt: None,
        caption: Text::default(),
        credit: None,
        width: Some(width),
        height: Some(height),
        color: made.color,
    };
    copies.made.insert(name, picture.clone());
    Ok(picture)
}

/// The result of making widths.
#[derive(Debug)]
pub(crate) struct Made {
    /// The other widths, narrowest first.
    pub(crate) smaller: Vec<Source>,
    /// The width of the original; none if browsers should not choose it.
    pub(crate) own_width: Option<u32>,
    /// Width and height in pixels as it is shown.
    pub(crate) size: (u32, u32),
    /// The average colour.
    pub(crate) color: Option<Color>,
    /// Why there are no other widths although there should be.
    pub(crate) trouble: Option<&'static str>,
    /// Why there are none, if that is expected.
    pub(crate) kept: Option<&'static str>,
}

/// Files to write: path within the edition, and bytes.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Makes the widths of a picture for that folder of the edition (ending in `/`).
fn made(original: &Original, folder: &str) -> Result<(Made, Files), &'static str> {
    let Widths { size, color, files, trouble, kept } = widths(&original.bytes, original.format);
    let size = size.unwrap_or(original.size);
    // If a width fits any screen, no browser needs the original; it stays for those who want it in full size.
    let widest = files.last().map_or(0, |(width, _)| *width);
    let is_needed = widest < size.0.min(WIDEST);
    let mut made =
        Made { smaller: Vec::new(), own_width: is_needed.then_some(size.0), size, color, trouble, kept };
    let mut named = Files::new();
    for (width, bytes) in files {
        let name = format!("{folder}{}-{width}.webp", original.stem);
        made.smaller.push(Source { url: Href::resource(&name).ok_or(NO_ADDRESS)?, width: Some(width) });
        named.push((name, bytes));
    }
    Ok((made, named))
}

/// Where a picture of an edition is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Its file.
    file: PathBuf,
    /// The edition's folder for its widths, ending in `/`.
    folder: String,
}

/// The place of a picture that is in the edition already, by its address there.
pub(crate) fn place(edition: &Path, address: &str) -> Result<Place, &'static str> {
    const OUTSIDE: &str = "it lies outside the folder of the edition";
    let path = unescaped(bare(address)).ok_or(NO_FILE_NAME)?;
    // The app asks the edition's folder for it, as `desk check` does, even if such a path leads back in.
    if path.starts_with('/') || path.split(['/', '\\']).any(|part| part == "..") {
        return Err(OUTSIDE);
    }
    let file = within(edition, &path, OUTSIDE)?;
    let folder = path.rfind('/').and_then(|end| path.get(..=end)).unwrap_or_default();
    let folder = folder.trim_start_matches("./");
    // Some names are not valid addresses, and `srcset` allows neither spaces nor commas.
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    let folder = if folder.chars().all(is_plain) { folder } else { FOLDER };
    // A folder of the edition may be a link; nothing is written outside the edition.
    if edition.join(folder).exists() {
        within(edition, folder, OUTSIDE)?;
    }
    Ok(Place { file, folder: folder.to_owned() })
}

/// Makes the widths of a picture that stays in its place.
pub(crate) fn made_at(place: &Place) -> Result<(Made, Files), &'static str> {
    made(&loaded(&place.file)?, &place.folder)
}

fn brought(
    mut picture: Picture,
    home: &Path,
    base: &Base,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Option<Picture> {
    if let [source] = picture.sources.as_slice()
        && source.url.is_relative()
        && let Ok(original) = beside(home, source.url.as_str())
        && let Ok(Picture { sources, width, height, color, .. }) = in_widths(original, copies, warnings)
    {
        return Some(Picture { sources, width, height, color, ..picture });
    }
    // If it has several widths already, they stay.
    let has_widths = picture.sources.iter().any(|source| source.width.is_some());
    picture.sources.retain_mut(|source| {
        if !source.url.is_relative() {
            return true;
        }
        match beside(home, source.url.as_str()) {
            Ok(original) => {
                let (name, (width, height)) = (original.name(), original.size);
                if source.width.is_some() || !has_widths {
                    source.width = Some(width);
                }
                if picture.width.is_none_or(|known| known <= width) {
                    (picture.width, picture.height) = (Some(width), Some(height));
                }
                let Some(url) = Href::resource(&name) else { return false };
                source.url = url;
                copies.add(name, original.bytes);
                true
            }
            Err(why) => match base.link(source.url.as_str()) {
                Some(url) => {
                    source.url = url;
                    true
                }
                None => {
                    warnings.push(format!("the picture {} is left out: {why}", source.url.as_str()));
                    false
                }
            },
        }
    });
    (!picture.sources.is_empty()).then_some(picture)
}

/// An original picture.
struct Original {
    /// Its name in the edition without the extension: its own name and its hash.
    stem: String,
    /// Its extension.
    ending: &'static str,
    bytes: Vec<u8>,
    format: Format,
    /// Width and height in pixels, as stored in the file.
    size: (u32, u32),
}

impl Original {
    /// Its path within the edition.
    fn name(&self) -> String {
        format!("{FOLDER}{}.{}", self.stem, self.ending)
    }
}

/// A picture in `home`.
fn beside(home: &Path, address: &str) -> Result<Original, &'static str> {
    let path = unescaped(bare(address)).ok_or(NO_FILE_NAME)?;
    // A source from outside must not make us publish files whose names its author guesses.
    loaded(&within(home, &path, "it lies outside the folder of its story")?)
}

/// An address without query and fragment.
fn bare(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// The absolute path of a file in `home`; `outside` is the error if links or the path lead out of it.
fn within(home: &Path, path: &str, outside: &'static str) -> Result<PathBuf, &'static str> {
    let home = home
        .canonicalize()
        .or_else(|_| Path::new(".").canonicalize())
        .map_err(|_| "its folder can't be read")?;
    let file =
        home.join(path.trim_start_matches("./")).canonicalize().map_err(|_| "there is no such file")?;
    if file.starts_with(&home) { Ok(file) } else { Err(outside) }
}

fn loaded(file: &Path) -> Result<Original, &'static str> {
    let meta = file.metadata().map_err(|_| "it can't be read")?;
    if !meta.is_file() || meta.len() > LARGEST {
        return Err("it is no file, or larger than 30 MB");
    }
    let bytes = fs::read(file).map_err(|_| "it can't be read")?;
    let (format, ending) = match imagesize::image_type(&bytes) {
        Ok(ImageType::Png) => (Format::Png, "png"),
        Ok(ImageType::Jpeg) => (Format::Jpeg, "jpg"),
        Ok(ImageType::Gif) => (Format::Gif, "gif"),
        Ok(ImageType::Webp) => (Format::Webp, "webp"),
        Ok(ImageType::Heif(imagesize::Compression::Av1)) => (Format::Avif, "avif"),
        _ => return Err("it is not a PNG, JPEG, GIF, WebP or AVIF picture"),
    };
    let size = imagesize::blob_size(&bytes).map_err(|_| "its size can't be read")?;
    let number = |length: usize| u32::try_from(length).map_err(|_| "its size can't be read");
    let hash: String = Sha256::digest(&bytes).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let stem = slug::slugify(file.file_stem().unwrap_or_default().to_string_lossy());
    // A picture from an edition has its hash already.
    let stem = stem.strip_suffix(&format!("-{hash}")).unwrap_or(&stem);
    let stem: String = if stem.is_empty() { "picture".to_owned() } else { stem.chars().take(60).collect() };
    let size = (number(size.width)?, number(size.height)?);
    Ok(Original { stem: format!("{stem}-{hash}"), ending, bytes, format, size })
}

/// A path with its percent escapes decoded (RFC 3986, section 2.1).
fn unescaped(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
                u8::try_from(value).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|path| !path.contains('\0'))
}
