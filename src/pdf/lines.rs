//! Where a line may end: the Unicode line breaking rules, which know kinsoku, on measured text.

use unicode_linebreak::linebreaks;

use super::PdfError;
use super::font::Glyph;
use super::style::Style;

/// Cuts a text into lines no wider than `width` mm. Nothing is dropped: the lines joined are the text.
///
/// Blanks at a line's end may hang over the edge. A word wider than a whole line is cut between
/// characters.
///
/// # Errors
/// [`PdfError::MissingGlyph`] for a character the style's font lacks.
pub fn wrap<'text>(
    style: &Style,
    text: &'text str,
    width: f32,
) -> Result<Vec<&'text str>, PdfError> {
    let ruler = Ruler::new(style, text)?;
    let mut lines = Vec::new();
    let (mut start, mut end) = (0, 0);
    for (at, _) in linebreaks(text) {
        if kinsoku(text, at) {
            continue;
        }
        if ruler.width(start, at) <= width {
            end = at;
            continue;
        }
        if end > start {
            lines.push(&text[start..end]);
            start = end;
        }
        while ruler.width(start, at) > width {
            let cut = ruler.longest(start, width);
            lines.push(&text[start..cut]);
            start = cut;
        }
        end = at;
    }
    if start < text.len() || lines.is_empty() {
        lines.push(&text[start..]);
    }
    Ok(lines)
}

/// As [`wrap`], but where one or two characters would stand alone on the last line, a slightly smaller
/// style takes them in.
///
/// # Errors
/// As [`wrap`].
pub fn wrap_closed<'text>(
    style: &Style,
    text: &'text str,
    width: f32,
) -> Result<(Style, Vec<&'text str>), PdfError> {
    let lines = wrap(style, text, width)?;
    let alone = lines.last().is_some_and(|last| last.chars().count() <= 2);
    if lines.len() > 1 && alone {
        let tight = Style {
            size: style.size * 0.94,
            ..*style
        };
        let closed = wrap(&tight, text, width)?;
        if closed.len() < lines.len() {
            return Ok((tight, closed));
        }
    }
    Ok((*style, lines))
}

/// Cases the Unicode rules leave open: a wave dash or a middle dot does not begin a line, and a mark
/// of quantity stays with its number.
fn kinsoku(text: &str, at: usize) -> bool {
    const NOT_FIRST: &str = "～〜・：；％℃㎡㎥㎜㎝㎞";
    const NOT_LAST: &str = "￥＃№";
    let next = text[at..].chars().next();
    let last = text[..at].chars().next_back();
    next.is_some_and(|character| NOT_FIRST.contains(character))
        || last.is_some_and(|character| at < text.len() && NOT_LAST.contains(character))
}

/// Widths within one text, measured once.
struct Ruler<'text> {
    signs: Vec<Glyph<'text>>,
    /// Where each sign ends, in bytes.
    ends: Vec<usize>,
    em: f32,
    tracking: f32,
}

impl<'text> Ruler<'text> {
    fn new(style: &Style, text: &'text str) -> Result<Self, PdfError> {
        let (_, _, signs) = style.signs(text)?;
        let mut end = 0;
        let ends = signs
            .iter()
            .map(|sign| {
                end += sign.text.len();
                end
            })
            .collect();
        Ok(Self {
            signs,
            ends,
            em: style.em(),
            tracking: style.tracking,
        })
    }

    /// The signs that end after one byte offset and not after another.
    fn between(&self, start: usize, end: usize) -> &[Glyph<'text>] {
        let first = self.ends.partition_point(|at| *at <= start);
        let last = self.ends.partition_point(|at| *at <= end);
        &self.signs[first..last.max(first)]
    }

    /// In mm, without blanks at the end, less a hair, so that a text fits into its own width.
    fn width(&self, start: usize, end: usize) -> f32 {
        let mut signs = self.between(start, end);
        while let [
            before @ ..,
            Glyph {
                text: " " | "\u{3000}",
                ..
            },
        ] = signs
        {
            signs = before;
        }
        let Some(last) = signs.last() else {
            return 0.0;
        };
        let sum: f32 = signs
            .iter()
            .map(|sign| sign.advance + sign.kern + self.tracking)
            .sum();
        (sum - last.kern - self.tracking) * self.em - 0.01
    }

    /// Where the longest beginning that fits ends; at least one sign on.
    fn longest(&self, start: usize, width: f32) -> usize {
        let first = self.ends.partition_point(|at| *at <= start);
        let fits = |end: &usize| self.width(start, *end) <= width;
        let ends = &self.ends[first..];
        let count = ends.partition_point(fits).max(1);
        ends.get(count - 1).copied().unwrap_or(start + 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::font::Typeface;
    use super::*;

    fn style() -> Style {
        Style::new(Typeface::Serif, 10.0)
    }

    #[test]
    fn punctuation_neither_begins_nor_ends_a_line() {
        let text = "○○浄水場（第２期）整備、改修、補強工事（その１）。ポンプ（予備）、弁、配管「一式」等。";
        for tenth in 180..400_u16 {
            let width = f32::from(tenth) / 10.0;
            let lines = wrap(&style(), text, width).unwrap();
            assert_eq!(lines.concat(), text);
            for line in &lines {
                let first = line.chars().next().unwrap();
                let last = line.chars().next_back().unwrap();
                assert!(!"、。）」ー".contains(first), "{lines:?}");
                assert!(!"（「".contains(last), "{lines:?}");
                assert!(style().width(line).unwrap() <= width + 0.02, "{lines:?}");
            }
        }
    }

    #[test]
    fn signs_stay_with_what_they_belong_to() {
        let style = style();
        for (text, width, first) in [
            ("第１工区～第２工区", "第１工区", "第１工"),
            ("舗装１２０㎡", "舗装１２０", "舗装１２"),
            ("橋梁№１", "橋梁№", "橋梁"),
        ] {
            let width = style.width(width).unwrap();
            let lines = wrap(&style, text, width).unwrap();
            assert!(lines[0].len() <= first.len(), "{lines:?}");
            assert_eq!(lines.concat(), text);
        }
    }

    #[test]
    fn blanks_hang_and_long_words_are_cut() {
        let style = style();
        let em = style.width("国").unwrap();
        assert_eq!(
            wrap(&style, "国道　橋", em * 2.0).unwrap(),
            ["国道　", "橋"]
        );
        let lines = wrap(&style, "ABCDEFGHIJKLMNOPQRSTUVWXYZ", em * 5.0).unwrap();
        assert!(
            lines.len() > 2 && lines.iter().all(|line| line.len() > 3),
            "{lines:?}"
        );
        assert_eq!(wrap(&style, "", em).unwrap(), [""]);
    }

    #[test]
    fn two_characters_are_not_left_alone() {
        let style = style();
        let width = style.width("○○浄水場△△修繕工").unwrap();
        let (tight, lines) = wrap_closed(&style, "○○浄水場△△修繕工事", width).unwrap();
        assert_eq!(lines.len(), 2, "a twelfth cannot be taken in");
        assert_eq!(tight, style);
        let width = style.width("○○浄水場△△修繕工事　第２期その１").unwrap();
        let text = "○○浄水場△△修繕工事　第２期その１号";
        let (tight, lines) = wrap_closed(&style, text, width).unwrap();
        assert_eq!(lines, [text]);
        assert!(tight.size < style.size);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[あ-ん亜-熙（）、。「」A-Za-z0-9 　ー～・]{0,60}", width in 4.0_f32..60.0) {
            prop_assume!(super::super::font::missing(&text).is_none());
            prop_assert_eq!(wrap(&style(), &text, width).unwrap().concat(), text);
        }
    }
}
