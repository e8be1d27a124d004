//! What people type: folding for figures and searches, and the text policy of a legal document.
//!
//! Names, works and free text are kept code point by code point (even NFC would turn U+FA19 into
//! U+795E and so change a person's legal name); only figures, codes and search keys are folded.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// The form in which figures, codes, dates and numbers are read (ux.md §3.6): NFKC, every dash
/// `-`, no spaces and nothing invisible. U+30FC is a dash only beside an ASCII letter or figure.
///
/// Superscripts become `^`, so that 10² is never read as 102.
pub fn fold_figures(typed: &str) -> String {
    let folded: Vec<char> = typed
        .chars()
        .map(|c| if is_raised(c) { '^' } else { c })
        .map(|c| if c == '\u{FF70}' { '-' } else { c })
        .nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .nfkc()
        .collect();
    let beside = |index: usize| {
        folded
            .get(index)
            .is_some_and(|c: &char| c.is_ascii_alphanumeric())
    };
    folded
        .iter()
        .enumerate()
        .map(|(index, c)| match c {
            '\u{30FC}' if beside(index.wrapping_sub(1)) || beside(index + 1) => '-',
            c if is_dash(*c) => '-',
            c => *c,
        })
        .collect()
}

/// The form under which names and works are searched, never shown: NFKC, lower case, the common
/// variants of name characters as one, no spaces, no variation selectors.
pub fn search_key(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c) && !is_selector(*c))
        .map(|c| if is_dash(c) { '-' } else { plain_variant(c) })
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect()
}

/// The everyday form of a character that names often write otherwise.
fn plain_variant(c: char) -> char {
    const VARIANTS: &str = "\u{9AD9}高\u{FA11}崎\u{20BB7}吉濵浜濱浜邊辺邉辺齋斎齊斉澤沢嶋島嶌島櫻桜廣広國国惠恵德徳\
        眞真栁柳增増寬寛曻昇淸清瀨瀬瀧滝龍竜會会縣県區区澁渋榮栄彌弥與与條条學学藏蔵應応靜静實実壽寿豐豊\
        鐵鉄黑黒橫横步歩淵渕驛駅槗橋關関總総團団圖図號号經経營営ヶケヵカ\u{301C}~";
    let mut pairs = VARIANTS.chars();
    while let (Some(variant), Some(plain)) = (pairs.next(), pairs.next()) {
        if variant == c {
            return plain;
        }
    }
    c
}

/// One line of a legal document, kept as typed: only blanks at the ends go. May be empty.
///
/// # Errors
/// A character no document should carry, or more than `max` characters (grapheme clusters).
pub fn line(typed: &str, max: usize) -> Result<String, TextFault> {
    let kept = check(typed, max, is_blank, false)?;
    Ok(kept.to_owned())
}

/// Several lines, kept as typed: CR LF becomes LF, blanks and line breaks at the ends go. May be empty.
///
/// # Errors
/// As [`line()`].
pub fn block(typed: &str, max: usize) -> Result<String, TextFault> {
    let typed = typed.replace("\r\n", "\n");
    let kept = check(&typed, max, |c| is_blank(c) || c == '\n', true)?;
    Ok(kept.to_owned())
}

/// Passes a text on unless it is empty.
///
/// # Errors
/// [`TextFault::Empty`].
pub fn required(text: String) -> Result<String, TextFault> {
    if text.is_empty() {
        Err(TextFault::Empty)
    } else {
        Ok(text)
    }
}

/// The length people count: grapheme clusters.
pub fn length(text: &str) -> usize {
    text.graphemes(true).count()
}

/// What was typed, fit to stand inside a sentence: no control characters, at most 40 characters.
pub fn excerpt(typed: &str) -> String {
    const MOST: usize = 40;
    let plain: String = typed
        .trim()
        .chars()
        .filter(|c| judge(*c).is_none())
        .take(MOST * 8)
        .collect();
    let mut graphemes = plain.graphemes(true);
    let mut shown: String = graphemes.by_ref().take(MOST).collect();
    if graphemes.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Most code points in one shown character: no real one needs more, and a column stays bounded.
const MOST_STACKED: usize = 8;

/// What stays of `typed` without its ends, once nothing in it is at fault.
fn check(
    typed: &str,
    max: usize,
    end: impl Fn(char) -> bool + Copy,
    breaks: bool,
) -> Result<&str, TextFault> {
    let opened = typed.trim_start_matches(end);
    let start = typed.len() - opened.len();
    let kept = opened.trim_end_matches(end);
    // Places count from the first character typed, as the person sees it.
    let place = |index: usize| Place::of(typed, start + index, breaks);
    let mut before = None;
    for (index, c) in kept.char_indices() {
        let fault = match c {
            '\n' if breaks => None,
            c if is_selector(c) && before.is_some_and(is_ideograph) => None,
            c => judge(c),
        };
        if let Some(kind) = fault {
            let place = place(index);
            return Err(TextFault::Character { c, kind, place });
        }
        before = Some(c);
    }
    let stacked = kept
        .grapheme_indices(true)
        .find(|(_, cluster)| cluster.chars().nth(MOST_STACKED).is_some());
    if let Some((index, _)) = stacked {
        let place = place(index);
        return Err(TextFault::Stacked { place });
    }
    let count = length(kept);
    if count > max {
        return Err(TextFault::TooLong { max, count });
    }
    Ok(kept)
}

/// Why one character has no place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCharacter {
    LineBreak,
    Tab,
    Control,
    /// Turns the direction of writing.
    Direction,
    /// Zero width, tags, fillers, a variation selector where none belongs.
    Invisible,
    /// 外字.
    PrivateUse,
    /// U+FFFD: something was broken before it came here.
    Broken,
    Noncharacter,
}

fn judge(c: char) -> Option<BadCharacter> {
    Some(match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => BadCharacter::LineBreak,
        '\t' => BadCharacter::Tab,
        c if c.is_control() => BadCharacter::Control,
        c if is_direction(c) => BadCharacter::Direction,
        c if is_invisible(c) || is_selector(c) => BadCharacter::Invisible,
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}' => {
            BadCharacter::PrivateUse
        }
        '\u{FFFD}' | '\u{FFFC}' => BadCharacter::Broken,
        '\u{FDD0}'..='\u{FDEF}' => BadCharacter::Noncharacter,
        c if u32::from(c) & 0xFFFE == 0xFFFE => BadCharacter::Noncharacter,
        _ => return None,
    })
}

/// Where a character stands, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Only for a text of several lines.
    pub line: Option<usize>,
    /// The character as people count it.
    pub character: usize,
}

impl Place {
    fn of(typed: &str, index: usize, lines: bool) -> Self {
        let before = typed.get(..index).unwrap_or_default();
        let start = if lines {
            before.rfind('\n').map_or(0, |at| at + 1)
        } else {
            0
        };
        let here = typed.get(start..).unwrap_or_default();
        Self {
            line: lines.then(|| before.matches('\n').count() + 1),
            character: here
                .grapheme_indices(true)
                .take_while(|(at, _)| start + at <= index)
                .count(),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(line) = self.line {
            write!(f, "{line}行目の")?;
        }
        write!(f, "{}文字目", self.character)
    }
}

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    Empty,
    Character {
        c: char,
        kind: BadCharacter,
        place: Place,
    },
    /// More marks on one character than any writing has.
    Stacked {
        place: Place,
    },
    TooLong {
        max: usize,
        count: usize,
    },
}

impl TextFault {
    /// The sentence beside the field.
    pub fn sentence(&self, label: &str) -> String {
        match self {
            Self::Empty => format!("{label}を入力してください。"),
            Self::Character { c, kind, place } => {
                let code = format!("U+{:04X}", u32::from(*c));
                let (what, cure) = match kind {
                    BadCharacter::LineBreak => {
                        return format!(
                            "{label}の{place}に、改行（{code}）があります。改行を消してください。"
                        );
                    }
                    BadCharacter::Tab => ("タブ", "空白に置きかえてください"),
                    BadCharacter::Control => ("制御文字", "その文字を消してください"),
                    BadCharacter::Direction => {
                        ("文字の向きを変える制御文字", "その文字を消してください")
                    }
                    BadCharacter::Invisible => ("目に見えない文字", "その文字を消してください"),
                    BadCharacter::PrivateUse => ("外字", "ほかの文字に置きかえてください"),
                    BadCharacter::Broken => ("文字化け", "その文字を入力しなおしてください"),
                    BadCharacter::Noncharacter => ("文字ではない符号", "その文字を消してください"),
                };
                format!("{label}の{place}に、使えない文字（{what} {code}）があります。{cure}。")
            }
            Self::Stacked { place } => format!(
                "{label}の{place}に、記号がいくつも重なった文字があります。その文字を入力しなおしてください。"
            ),
            Self::TooLong { max, count } => {
                format!("{label}は{max}文字以内で入力してください（いまは{count}文字です）。")
            }
        }
    }
}

/// Spaces, without anything that breaks a line.
fn is_blank(c: char) -> bool {
    c.is_whitespace() && (c == '\t' || judge(c).is_none())
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' | '\u{FF70}' | '\u{FE63}'
    )
}

/// Characters that turn the direction of writing.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters without a picture: zero width, directions, tags, fillers.
pub(super) fn is_invisible(c: char) -> bool {
    is_direction(c)
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}'
            | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

/// Variation selectors; behind an ideograph they choose the shape of a name's character.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

fn is_raised(c: char) -> bool {
    matches!(c, '\u{B2}' | '\u{B3}' | '\u{B9}' | '\u{2070}'..='\u{209C}')
}

#[cfg(test)]
mod tests;
