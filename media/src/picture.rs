//! Pictures for readings: decoded and written anew, in two sizes. What is written holds the pixels alone, so nothing of where, when and with
//! what it was taken goes on. Pure; takes some hundred milliseconds for a large one.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
    metadata::Orientation,
};

use crate::model::Unfit;

/// The widest that a page of a reading shows on a sharp screen, and on a phone.
pub const LARGE: u32 = 1600;
pub const SMALL: u32 = 800;
/// A side longer than this is no picture for a page.
const LONGEST_SIDE: u32 = 20_000;
const MOST_PIXELS: u64 = 50_000_000;
const MOST_MEMORY: u64 = 400 << 20;
const QUALITY: u8 = 82;

/// One file of a picture.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    pub bytes: Vec<u8>,
    pub extension: &'static str,
}

/// A picture as it is kept: as large as it is shown, and once more for phones where that is smaller.
#[derive(Debug)]
pub struct Sizes {
    pub width: u32,
    pub height: u32,
    pub large: File,
    pub small: Option<File>,
}

/// What a file's picture becomes. Of a moving one the first picture.
pub fn sizes(bytes: &[u8]) -> Result<Sizes, Unfit> {
    let (picture, lossless) = decode(bytes)?;
    let large = within(&picture, LARGE);
    let small = (large.width() > SMALL).then(|| within(&large, SMALL));
    Ok(Sizes {
        width: large.width(),
        height: large.height(),
        small: small.map(|small| encode(&small, lossless)).transpose()?,
        large: encode(&large, lossless)?,
    })
}

/// The picture the right way up, and whether its format keeps every pixel.
fn decode(bytes: &[u8]) -> Result<(DynamicImage, bool), Unfit> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Unfit::NotImage)?;
    let format = reader.format().ok_or(Unfit::NotImage)?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE));
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| unfit(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(Unfit::PictureTooLarge);
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| unfit(&error))?;
    picture.apply_orientation(turned);
    Ok((picture, matches!(format, ImageFormat::Png | ImageFormat::Gif)))
}

fn unfit(error: &image::ImageError) -> Unfit {
    match error {
        image::ImageError::Limits(_) => Unfit::PictureTooLarge,
        _ => Unfit::PictureBroken,
    }
}

fn within(picture: &DynamicImage, width: u32) -> DynamicImage {
    if picture.width() <= width {
        return picture.clone();
    }
    let height = (u64::from(picture.height()) * u64::from(width) / u64::from(picture.width())).max(1);
    picture.resize_exact(width, u32::try_from(height).unwrap_or(u32::MAX), FilterType::Triangle)
}

/// JPEG, or PNG where something shines through or a drawing is smaller so.
fn encode(picture: &DynamicImage, lossless: bool) -> Result<File, Unfit> {
    let transparent = picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    let png = if transparent || lossless { Some(png(picture, transparent)?) } else { None };
    if transparent {
        return png.ok_or(Unfit::PictureBroken);
    }
    let jpeg = jpeg(picture)?;
    Ok(png.filter(|png| png.bytes.len() <= jpeg.bytes.len()).unwrap_or(jpeg))
}

fn png(picture: &DynamicImage, transparent: bool) -> Result<File, Unfit> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new(&mut bytes);
    let written = if transparent {
        picture.to_rgba8().write_with_encoder(encoder)
    } else {
        picture.to_rgb8().write_with_encoder(encoder)
    };
    written.map_err(|_| Unfit::PictureBroken)?;
    Ok(File { bytes, extension: "png" })
}

fn jpeg(picture: &DynamicImage) -> Result<File, Unfit> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|_| Unfit::PictureBroken)?;
    Ok(File { bytes, extension: "jpg" })
}
