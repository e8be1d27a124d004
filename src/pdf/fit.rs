//! One page always: where a text is long, the distances shrink first, then the letters.

use super::PdfError;
use super::page::Page;

/// How a sheet is set; 1 is the design's own measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Of letters.
    pub size: f32,
    /// Of distances between lines.
    pub air: f32,
}

/// Draws with ever tighter measures until nothing overlaps. `draw` returns the page and the room left
/// on it in mm, negative where something overlaps.
pub fn fitting(
    mut draw: impl FnMut(Fit) -> Result<(Page, f32), PdfError>,
) -> Result<Page, PdfError> {
    let mut fit = Fit {
        size: 1.0,
        air: 1.1,
    };
    loop {
        let (page, room) = draw(fit)?;
        // A hundredth of the letters holds any text there is; the bound only rules out a loop.
        if room >= 0.0 || fit.size < 0.01 {
            return Ok(page);
        }
        if fit.air > 0.8 {
            fit.air -= 0.075;
        } else {
            fit.size *= 0.96;
            fit.air *= 0.96;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_shrink_before_letters_and_nothing_overlaps_in_the_end() {
        let mut tried = Vec::new();
        let page = fitting(|fit| {
            tried.push(fit);
            Ok((Page::new(), 0.7 - fit.size * fit.air))
        });
        assert!(page.is_ok());
        let last = tried.last().unwrap();
        assert!(last.size * last.air <= 0.7 && last.size > 0.85, "{last:?}");
        assert!((tried[1].size - 1.0).abs() < 1e-6 && tried[1].air < tried[0].air);
    }
}
