//! Makes responsive widths of a picture: decodes it within limits, rotates it upright, scales it, and writes WebP.
//! `docs/decisions/011-pictures.md` has the reasons.

use std::io::Cursor;

use dateline::content::Color;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageError, ImageResult, Limits, RgbImage};
use webpx::{Encoder, Unstoppable};

/// The widths for readers, in pixels, if the original is wider.
const WIDTHS: [u32; 3] = [480, 960, WIDEST];
/// The widest of them: wider than a column of text on any screen.
pub(crate) const WIDEST: u32 = 1600;
/// libwebp's quality, from 0 to 100: at this value a photograph looks like the original.
const QUALITY: f32 = 80.0;
/// The most memory for decoding a picture, in bytes: a photograph of 170 million pixels.
const MEMORY: u64 = 512 * 1024 * 1024;
/// The most pixels on a side.
const LONGEST: u32 = 32_768;
/// Why an animated picture has one width.
const MOVES: &str = "it moves";

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
    /// Shown as it is: there is no decoder for it here.
    Avif,
}

/// What is known and made of a picture.
#[derive(Debug, Default)]
pub(crate) struct Widths {
    /// Width and height in pixels as shown, if they could be read.
    pub(crate) size: Option<(u32, u32)>,
    /// The average colour; none if the picture is partly transparent.
    pub(crate) color: Option<Color>,
    /// The other widths as WebP, narrowest first.
    pub(crate) files: Vec<(u32, Vec<u8>)>,
    /// Why there are none, although there should be.
    pub(crate) trouble: Option<&'static str>,
    /// Why there are none, if that is expected.
    pub(crate) kept: Option<&'static str>,
}

impl Widths {
    fn without(trouble: &'static str) -> Self {
        Self { trouble: Some(trouble), ..Self::default() }
    }

    fn kept(why: &'static str) -> Self {
        Self { kept: Some(why), ..Self::default() }
    }
}

/// Makes the widths of a picture. Animated pictures, and those no wider than the narrowest width, get none.
pub(crate) fn widths(bytes: &[u8], format: Format) -> Widths {
    let read = || Cursor::new(bytes);
    let made = match format {
        Format::Avif => Ok(Widths::kept("it is AVIF, which can't be decoded here")),
        Format::Jpeg => JpegDecoder::new(read()).and_then(|decoder| of(decoder, bytes, format)),
        Format::Png => PngDecoder::with_limits(read(), limits()).and_then(|decoder| {
            if decoder.is_apng()? { Ok(Widths::kept(MOVES)) } else { of(decoder, bytes, format) }
        }),
        Format::Webp => WebPDecoder::new(read()).and_then(|decoder| {
            if decoder.has_animation() { Ok(Widths::kept(MOVES)) } else { of(decoder, bytes, format) }
        }),
        Format::Gif => GifDecoder::new(read()).and_then(|mut decoder| {
            decoder.set_limits(limits())?;
            let mut frames = decoder.into_frames().skip(1);
            if matches!(frames.next(), Some(Ok(_))) {
                return Ok(Widths::kept(MOVES));
            }
            of(GifDecoder::new(read())?, bytes, format)
        }),
    };
    made.unwrap_or_else(|error| {
        Widths::without(match error {
            ImageError::Limits(_) => "decoding it would take too much memory",
            _ => "it can't be decoded",
        })
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MEMORY);
    limits
}

/// Whether a JPEG is complete. The decoder fills missing parts with grey.
fn is_whole(bytes: &[u8]) -> bool {
    // ISO/IEC 10918-1, annex B: segments with their length, up to the first scan. After that, the end marker can't be
    // anything else.
    let mut at = 2;
    loop {
        let Some(&[0xff, marker, high, low]) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else {
            return false;
        };
        match marker {
            0xff => at += 1,
            0xda => break,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    bytes.get(at..).is_some_and(|scans| scans.windows(2).any(|pair| pair == [0xff, 0xd9]))
}

fn of(mut decoder: impl ImageDecoder, bytes: &[u8], format: Format) -> ImageResult<Widths> {
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let size = if is_turned(orientation) { (height, width) } else { (width, height) };
    let made = limits().check_dimensions(width, height).and_then(|()| {
        let mut limits = limits();
        limits.reserve(decoder.total_bytes())?;
        decoder.set_limits(limits)?;
        let profile = decoder.icc_profile().unwrap_or_default();
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        Ok((image, profile))
    });
    let made = match made {
        Ok(_) if format == Format::Jpeg && !is_whole(bytes) => Widths::without("it ends too soon"),
        Ok((image, profile)) => scaled(image, profile.as_deref(), bytes.len(), format),
        Err(ImageError::Limits(_)) => Widths::without("decoding it would take too much memory"),
        Err(_) => Widths::without("it can't be decoded"),
    };
    Ok(Widths { size: Some(size), ..made })
}

fn is_turned(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

/// The widths of an upright image. `length` is the original's, in bytes.
fn scaled(image: DynamicImage, profile: Option<&[u8]>, length: usize, format: Format) -> Widths {
    let profile = match profile.map(|profile| (profile, profile.get(16..20))) {
        // Colours for print look different on a screen, and the browser converts them better.
        Some((_, Some(b"CMYK"))) => return Widths::without("its colours are for print (CMYK)"),
        Some((profile, Some(b"RGB "))) if !is_srgb(profile) => Some(profile),
        _ => None,
    };
    let sees_through = image.color().has_alpha() && image.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    let mut image: DynamicImage =
        if sees_through { image.into_rgba8().into() } else { image.into_rgb8().into() };
    let full = image.width();
    let mut wanted: Vec<u32> = WIDTHS.into_iter().filter(|width| *width < full).collect();
    // A picture no wider than the widest width is also written in its own width, if that changes its format.
    if format != Format::Webp && !wanted.is_empty() && wanted.len() < WIDTHS.len() {
        wanted.push(full);
    }
    let mut files = Vec::new();
    // Each is scaled from the one before, so the whole image is read only once.
    for width in wanted.into_iter().rev() {
        if width < image.width() {
            let height = u64::from(image.height()) * u64::from(width) / u64::from(image.width());
            let height = u32::try_from(height).unwrap_or(u32::MAX).max(1);
            image = image.resize_exact(width, height, FilterType::Lanczos3);
        }
        // Drawings are smaller and better without loss.
        let drawn = matches!(format, Format::Png | Format::Gif);
        let lossy = webp(&image, profile, false);
        let lossless = if drawn { webp(&image, profile, true) } else { None };
        let smaller = lossy.into_iter().chain(lossless).min_by_key(Vec::len);
        // A file that is no smaller than the original is useless.
        files.extend(smaller.filter(|file| file.len() < length).map(|file| (width, file)));
    }
    files.reverse();
    let color = if sees_through { None } else { average(&image.into_rgb8()) };
    Widths { color, files, ..Widths::default() }
}

/// Whether a profile only says sRGB, which is assumed without a profile. Its name is in it as ASCII or UTF-16.
fn is_srgb(profile: &[u8]) -> bool {
    let has = |name: &[u8]| profile.windows(name.len()).any(|part| part == name);
    has(b"sRGB") || has(b"s\0R\0G\0B")
}

/// `None` if WebP can't hold it: at most 16,383 pixels a side.
fn webp(image: &DynamicImage, profile: Option<&[u8]>, lossless: bool) -> Option<Vec<u8>> {
    let (width, height) = (image.width(), image.height());
    let encoder = match image {
        DynamicImage::ImageRgba8(image) => Encoder::new_rgba(image.as_raw(), width, height),
        DynamicImage::ImageRgb8(image) => Encoder::new_rgb(image.as_raw(), width, height),
        _ => return None,
    };
    let encoder = encoder.quality(QUALITY).lossless(lossless);
    let encoder = match profile {
        Some(profile) => encoder.icc_profile(profile),
        None => encoder,
    };
    encoder.encode(Unstoppable).ok()
}

/// The average of its light, which is about the square of the values.
fn average(image: &RgbImage) -> Option<Color> {
    let mut sums = [0_u64; 3];
    for pixel in image.pixels() {
        for (sum, value) in sums.iter_mut().zip(pixel.0) {
            *sum += u64::from(value).pow(2);
        }
    }
    let count = u64::from(image.width()) * u64::from(image.height());
    let [red, green, blue] = sums.map(|sum| sum.checked_div(count).unwrap_or(0).isqrt());
    Color::parse(&format!("#{red:02x}{green:02x}{blue:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_of_light() {
        let image = RgbImage::from_fn(2, 1, |x, _| image::Rgb(if x == 0 { [255, 0, 8] } else { [0, 0, 8] }));
        assert_eq!(average(&image), Color::parse("#b40008"));
    }

    #[test]
    fn a_jpeg_is_whole_with_its_end() {
        let mut bytes = Vec::new();
        let image = RgbImage::from_pixel(40, 30, image::Rgb([9, 90, 200]));
        image.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Jpeg).unwrap();
        assert!(is_whole(&bytes));
        assert!(!is_whole(&bytes[..bytes.len() - 2]) && !is_whole(&bytes[..40]) && !is_whole(b""));
        // Cameras append data that is not part of the picture.
        bytes.extend(b"\0\0\0\x18ftypmp42");
        assert!(is_whole(&bytes));
    }

    #[test]
    fn colours_that_are_no_srgb_keep_their_profile() {
        let image = || DynamicImage::from(RgbImage::from_fn(600, 4, |x, _| image::Rgb([x as u8, 7, 200])));
        let mut profile = vec![0; 128];
        profile[16..20].copy_from_slice(b"RGB ");
        profile.extend(b"Display P3");
        let has = |files: &[(u32, Vec<u8>)]| {
            files.iter().map(|(_, file)| file.windows(10).any(|it| it == b"Display P3")).collect::<Vec<_>>()
        };
        let made = scaled(image(), Some(&profile), usize::MAX, Format::Jpeg);
        assert_eq!(has(&made.files), [true, true]);
        profile.extend(b"sRGB");
        assert_eq!(has(&scaled(image(), Some(&profile), usize::MAX, Format::Jpeg).files), [false, false]);
        profile[16..20].copy_from_slice(b"CMYK");
        assert!(scaled(image(), Some(&profile), usize::MAX, Format::Jpeg).files.is_empty());
    }
}
