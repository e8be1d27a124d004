//! From millimetres below the top left corner to printpdf's points above the bottom left one.

use printpdf::{Color, LinePoint, Mm, Point, Pt, Rgb};

use super::finish::A4;
use super::style::Ink;

/// A rectangle in mm: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

pub(super) fn colour(ink: Ink) -> Color {
    let part = |value: u8| round(f32::from(value) / 255.0);
    Color::Rgb(Rgb {
        r: part(ink.0),
        g: part(ink.1),
        b: part(ink.2),
        icc_profile: None,
    })
}

pub(super) fn square(area: Area) -> Vec<LinePoint> {
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    [
        (x, y),
        (x + width, y),
        (x + width, y + height),
        (x, y + height),
    ]
    .map(|(x, y)| corner(x, y))
    .to_vec()
}

pub(super) fn rounded(area: Area, radius: f32) -> Vec<LinePoint> {
    /// Distance of a circle's Bézier handles from the corner, in radii.
    const HANDLE: f32 = 0.447_7;
    let Area {
        x,
        y,
        width,
        height,
    } = area;
    let (right, bottom, near) = (x + width, y + height, radius * HANDLE);
    let handle = |x, y| LinePoint {
        p: point(x, y),
        bezier: true,
    };
    vec![
        corner(x + radius, y),
        corner(right - radius, y),
        handle(right - near, y),
        handle(right, y + near),
        corner(right, y + radius),
        corner(right, bottom - radius),
        handle(right, bottom - near),
        handle(right - near, bottom),
        corner(right - radius, bottom),
        corner(x + radius, bottom),
        handle(x + near, bottom),
        handle(x, bottom - near),
        corner(x, bottom - radius),
        corner(x, y + radius),
        handle(x, y + near),
        handle(x + near, y),
        corner(x + radius, y),
    ]
}

pub(super) fn corner(x: f32, y: f32) -> LinePoint {
    LinePoint {
        p: point(x, y),
        bezier: false,
    }
}

/// printpdf counts from the bottom left corner.
pub(super) fn point(x: f32, y: f32) -> Point {
    Point {
        x: pt(x),
        y: pt(A4.1 - y),
    }
}

pub(super) fn pt(mm: f32) -> Pt {
    Pt(round(Pt::from(Mm(mm)).0))
}

/// Three decimals: less than a thousandth of a point is noise that costs bytes.
pub(super) fn round(value: f32) -> f32 {
    (value * 1000.0).round() / 1000.0
}
