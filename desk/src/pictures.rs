//! Pictures that lie beside a source: copied into the edition, under a name that tells their content.

use std::fs;
use std::path::Path;

use dateline::content::{Block, Href, Picture, Source, Text};
use dateline::convert::html::Base;
use dateline::convert::{Coverage, Draft, each_picture};
use imagesize::ImageType;
use sha2::{Digest, Sha256};

const LARGEST: u64 = 30 * 1024 * 1024;

/// The pictures to write: path within the edition, and bytes.
pub type Copies = Vec<(String, Vec<u8>)>;

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

/// A picture from outside for the edition, and its name within that.
pub(crate) fn file(path: &Path, copies: &mut Copies) -> Result<Picture, &'static str> {
    let (name, bytes, (width, height)) = loaded(path)?;
    let url = Href::resource(&name).ok_or("its name can't be an address")?;
    if !copies.iter().any(|(known, _)| *known == name) {
        copies.push((name, bytes));
    }
    Ok(Picture {
        sources: vec![Source { url, width: Some(width) }],
        alt: None,
        caption: Text::default(),
        credit: None,
        width: Some(width),
        height: Some(height),
    })
}

fn brought(
    mut picture: Picture,
    home: &Path,
    base: &Base,
    copies: &mut Copies,
    warnings: &mut Vec<String>,
) -> Option<Picture> {
    picture.sources.retain_mut(|source| {
        if !source.url.is_relative() {
            return true;
        }
        match copied(home, source.url.as_str()) {
            Ok((name, bytes, (width, height))) => {
                source.width = Some(width);
                (picture.width, picture.height) = (Some(width), Some(height));
                let Some(url) = Href::resource(&name) else { return false };
                source.url = url;
                if !copies.iter().any(|(known, _)| *known == name) {
                    copies.push((name, bytes));
                }
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

/// Name within the edition, bytes, and width and height in pixels.
type Copied = (String, Vec<u8>, (u32, u32));

/// Name within the edition, bytes and size of a picture that lies in `home`.
fn copied(home: &Path, address: &str) -> Result<Copied, &'static str> {
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

/// Name within the edition, bytes and size of a picture.
fn loaded(file: &Path) -> Result<Copied, &'static str> {
    let meta = file.metadata().map_err(|_| "it can't be read")?;
    if !meta.is_file() || meta.len() > LARGEST {
        return Err("it is no file, or larger than 30 MB");
    }
    let bytes = fs::read(file).map_err(|_| "it can't be read")?;
    let ending = match imagesize::image_type(&bytes) {
        Ok(ImageType::Png) => "png",
        Ok(ImageType::Jpeg) => "jpg",
        Ok(ImageType::Gif) => "gif",
        Ok(ImageType::Webp) => "webp",
        Ok(ImageType::Heif(imagesize::Compression::Av1)) => "avif",
        _ => return Err("it is not a PNG, JPEG, GIF, WebP or AVIF picture"),
    };
    let size = imagesize::blob_size(&bytes).map_err(|_| "its size can't be read")?;
    let number = |length: usize| u32::try_from(length).map_err(|_| "its size can't be read");
    let hash: String = Sha256::digest(&bytes).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let stem = slug::slugify(file.file_stem().unwrap_or_default().to_string_lossy());
    // One that comes from an edition has its hash already.
    let stem = stem.strip_suffix(&format!("-{hash}")).unwrap_or(&stem);
    let stem: String = if stem.is_empty() { "picture".to_owned() } else { stem.chars().take(60).collect() };
    Ok((format!("images/{stem}-{hash}.{ending}"), bytes, (number(size.width)?, number(size.height)?)))
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
