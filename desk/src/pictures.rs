//! Pictures that lie beside a source: copied into the edition under a name that tells their content, with their
//! widths beside them ([`crate::widths`]).

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use dateline::content::{Block, Href, Picture, Source, Text};
use dateline::convert::html::Base;
use dateline::convert::{Coverage, Draft, each_picture};
use imagesize::ImageType;
use sha2::{Digest, Sha256};

use crate::widths::{Format, WIDEST, widths};

/// The largest file that is taken for a picture, in bytes.
const LARGEST: u64 = 30 * 1024 * 1024;

/// The pictures to write.
#[derive(Debug, Default)]
pub struct Copies {
    /// Path within the edition, and bytes.
    files: Vec<(String, Vec<u8>)>,
    /// What was made of each original, by its path within the edition.
    made: HashMap<String, Picture>,
}

impl Copies {
    /// None yet.
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

/// Copies the pictures of a draft that are files in the folder of its source or below it, and gives them
/// their sizes. Addresses that are no such file count from the page's own address; where that is not
/// known either, the picture is left out with a warning.
pub(crate) fn bring(draft: &mut Draft, source: &Path, copies: &mut Copies, warnings: &mut Vec<String>) {
    let home = source.parent().unwrap_or(Path::new("."));
    let base = draft.canonical.as_ref().map_or(Base::Unknown, |href| Base::page(href.as_str()));
    bring_from(draft, home, &base, copies, warnings);
}

/// The same for a draft whose pictures lie in `home` or below it.
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

/// The same for some blocks whose pictures lie in `home` or below it.
pub(crate) fn bring_into(
    body: &mut Vec<Block>,
    home: &Path,
    base: &Base,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) {
    each_picture(body, &mut |picture| brought(picture, home, base, copies, warnings));
}

/// A picture from outside for the edition, in its widths.
pub(crate) fn file(
    path: &Path,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Result<Picture, &'static str> {
    in_widths(loaded(path)?, copies, warnings)
}

/// The picture in its widths, with nothing said of it.
fn in_widths(
    original: Original,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Result<Picture, &'static str> {
    let Original { name, stem, bytes, format, size } = original;
    if let Some(made) = copies.made.get(&name) {
        return Ok(made.clone());
    }
    let widths = widths(&bytes, format);
    let (width, height) = widths.size.unwrap_or(size);
    if let Some(why) = widths.trouble {
        warnings.push(format!("the picture {name} is there in one width alone: {why}"));
    }
    let mut sources = Vec::new();
    let mut add = |name: String, bytes, width| {
        sources.push(Source { url: Href::resource(&name).ok_or("its name can't be an address")?, width });
        copies.add(name, bytes);
        Ok::<(), &'static str>(())
    };
    let mut widest = 0;
    for (width, bytes) in widths.files {
        widest = width;
        add(format!("{stem}-{width}.webp"), bytes, Some(width))?;
    }
    // Where there is one for any screen, no browser need load the original; it is there for who wants it whole.
    let is_needed = widest < width.min(WIDEST);
    add(name.clone(), bytes, is_needed.then_some(width))?;
    let picture = Picture {
        sources,
        alt: None,
        caption: Text::default(),
        credit: None,
        width: Some(width),
        height: Some(height),
        color: widths.color,
    };
    copies.made.insert(name, picture.clone());
    Ok(picture)
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
    // Where it comes in several widths already, they stay what they are.
    let has_widths = picture.sources.iter().any(|source| source.width.is_some());
    picture.sources.retain_mut(|source| {
        if !source.url.is_relative() {
            return true;
        }
        match beside(home, source.url.as_str()) {
            Ok(Original { name, bytes, size: (width, height), .. }) => {
                if source.width.is_some() || !has_widths {
                    source.width = Some(width);
                }
                if picture.width.is_none_or(|known| known <= width) {
                    (picture.width, picture.height) = (Some(width), Some(height));
                }
                let Some(url) = Href::resource(&name) else { return false };
                source.url = url;
                copies.add(name, bytes);
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

/// A picture as it came.
struct Original {
    /// Its path within the edition.
    name: String,
    /// The same without its ending.
    stem: String,
    bytes: Vec<u8>,
    format: Format,
    /// Width and height in pixels, as its file has them.
    size: (u32, u32),
}

/// A picture that lies in `home`.
fn beside(home: &Path, address: &str) -> Result<Original, &'static str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let path = unescaped(path).ok_or("its address is not a file name")?;
    let home = home
        .canonicalize()
        .or_else(|_| Path::new(".").canonicalize())
        .map_err(|_| "its folder can't be read")?;
    let file =
        home.join(path.trim_start_matches("./")).canonicalize().map_err(|_| "there is no such file")?;
    // A source from outside must not make us publish files that its author only guesses at.
    if !file.starts_with(&home) {
        return Err("it lies outside the folder of its story");
    }
    loaded(&file)
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
    // One that comes from an edition has its hash already.
    let stem = stem.strip_suffix(&format!("-{hash}")).unwrap_or(&stem);
    let stem: String = if stem.is_empty() { "picture".to_owned() } else { stem.chars().take(60).collect() };
    let stem = format!("images/{stem}-{hash}");
    let size = (number(size.width)?, number(size.height)?);
    Ok(Original { name: format!("{stem}.{ending}"), stem, bytes, format, size })
}

/// A path without percent escapes (RFC 3986, section 2.1).
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
