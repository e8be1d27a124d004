//! What a browser sends, read strictly: a legal document must not hold a � that nobody typed.
//!
//! axum's `Form` turns broken UTF-8 into U+FFFD and answers in English; this one refuses what it
//! cannot read, with a page that says so, and hands everything else on as it was typed.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::answer;

/// Largest body of a form, in bytes.
pub const LIMIT: usize = 256 * 1024;

/// What a form may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Largest body, in bytes.
    pub bytes: usize,
    /// U+0000 is handed on, for the form to say it beside the field.
    pub nul: bool,
}

impl Allowance {
    /// Every form that does not say otherwise.
    pub const USUAL: Self = Self {
        bytes: LIMIT,
        nul: false,
    };
    /// A form that says itself what is too long or cannot be kept: 100,000 characters of Japanese
    /// are 900,000 bytes on the way.
    pub const LONG: Self = Self {
        bytes: 1024 * 1024,
        nul: true,
    };
}
/// Most fields of a form.
const MOST_FIELDS: usize = 1_000;

/// Names and values in the order sent, percent-decoded, otherwise untouched (line breaks are CR LF).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RawForm(Vec<(String, String)>);

impl RawForm {
    /// The first value of a field; empty where it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.opt(name).unwrap_or_default()
    }

    /// The first value of a field, if it was sent.
    pub fn opt(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Whether a box was ticked or a button of this name pressed.
    pub fn checked(&self, name: &str) -> bool {
        self.opt(name).is_some()
    }

    /// Every value of a field that may come more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Everything, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.push((name.into(), value.into()));
        self
    }

    /// Without some of the fields.
    #[must_use]
    pub fn without(mut self, unwanted: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| !unwanted(name));
        self
    }

    /// Reads `a=1&b=2`.
    ///
    /// # Errors
    /// What cannot be read; see [`FormFault`].
    pub fn parse(encoded: &[u8]) -> Result<Self, FormFault> {
        Self::parse_within(encoded, Allowance::USUAL)
    }

    /// The same as far as a form allows.
    ///
    /// # Errors
    /// What cannot be read; see [`FormFault`].
    pub fn parse_within(encoded: &[u8], allowance: Allowance) -> Result<Self, FormFault> {
        let mut fields = Vec::new();
        for pair in encoded.split(|byte| *byte == b'&') {
            if pair.is_empty() {
                continue;
            }
            if fields.len() == MOST_FIELDS {
                return Err(FormFault::TooLarge);
            }
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (
                    pair.get(..at).unwrap_or_default(),
                    pair.get(at + 1..).unwrap_or_default(),
                ),
                None => (pair, &[][..]),
            };
            fields.push((decode(name, false)?, decode(value, allowance.nul)?));
        }
        Ok(Self(fields))
    }

    /// Back into `a=1&b=2`.
    pub fn encode(&self) -> Result<String, serde_urlencoded::ser::Error> {
        serde_urlencoded::to_string(&self.0)
    }

    /// A field that came twice although it may come once only.
    fn repeated(&self, may_repeat: &[&str]) -> bool {
        let mut names: Vec<&str> = self.iter().map(|(name, _)| name).collect();
        names.retain(|name| !may_repeat.contains(name));
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    }
}

/// Names only: values may be secrets.
impl std::fmt::Debug for RawForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for RawForm {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let own = fields
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self(own.collect())
    }
}

fn decode(encoded: &[u8], nul: bool) -> Result<String, FormFault> {
    let mut plain = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    loop {
        rest = match rest {
            [] => break,
            [b'+', rest @ ..] => {
                plain.push(b' ');
                rest
            }
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                plain.push(nibble(*high) << 4 | nibble(*low));
                rest
            }
            [byte, rest @ ..] => {
                plain.push(*byte);
                rest
            }
        };
    }
    let text = String::from_utf8(plain).map_err(|_| FormFault::NotUtf8)?;
    if !nul && text.contains('\0') {
        return Err(FormFault::Nul);
    }
    Ok(text)
}

/// The value of an ASCII hex digit.
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit.wrapping_sub(b'A').wrapping_add(10) & 0x0f,
    }
}

/// Why a form was not read. Each is a page of its own; nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFault {
    /// 415: not sent by a form.
    Kind,
    /// 413: over what the form may carry, or a thousand fields.
    TooLarge,
    /// 400: bytes that are no UTF-8.
    NotUtf8,
    /// 400: U+0000, which no document and no database holds.
    Nul,
    /// 400: one field, several values.
    Repeated,
    /// 408: the rest of the body never came.
    Cut,
}

impl FormFault {
    pub fn status(self) -> StatusCode {
        match self {
            Self::Kind => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotUtf8 | Self::Nul | Self::Repeated => StatusCode::BAD_REQUEST,
            Self::Cut => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// What happened, where the page's own words do not say it.
    fn sentence(self) -> Option<&'static str> {
        match self {
            Self::NotUtf8 => Some(
                "送信された文字の一部が壊れていて読み取れませんでした（文字コードがUTF-8ではありません）。今回の送信は受け取っていません。保存した下書きや送信した申込は、何も失われていません。",
            ),
            Self::Nul => Some(
                "目に見えない制御文字（NUL）が含まれているため、読み取れませんでした。ほかのソフトから貼り付けた欄を入力し直してください。内容は保存していません。",
            ),
            Self::Repeated => Some(
                "一つの欄に二つ以上の値が送られたため、どちらを使うか決められませんでした。内容は保存していません。",
            ),
            Self::Kind | Self::TooLarge | Self::Cut => None,
        }
    }
}

impl IntoResponse for FormFault {
    fn into_response(self) -> Response {
        match self.sentence() {
            Some(words) => answer::problem(self.status(), words),
            None => self.status().into_response(),
        }
    }
}

/// A form with typed fields. `read` takes what was typed as it is; judging comes after.
pub trait FormShape: Sized {
    /// Fields that may come more than once (lists of boxes); every other one may not.
    const REPEATED: &'static [&'static str] = &[];
    /// How much it may carry.
    const ALLOWANCE: Allowance = Allowance::USUAL;

    fn read(form: &RawForm) -> Self;
}

/// A form that was sent: the handler's last parameter.
#[derive(Debug)]
pub struct Submitted<T>(pub T);

impl<S: Send + Sync, T: FormShape> FromRequest<S> for Submitted<T> {
    type Rejection = FormFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, FormFault> {
        let (parts, body) = request.into_parts();
        let form = read(&parts.headers, body, T::ALLOWANCE).await?;
        if form.repeated(T::REPEATED) {
            return Err(FormFault::Repeated);
        }
        Ok(Self(T::read(&form)))
    }
}

/// The plain form; no field may come twice.
impl<S: Send + Sync> FromRequest<S> for RawForm {
    type Rejection = FormFault;

    async fn from_request(request: Request, _: &S) -> Result<Self, FormFault> {
        let (parts, body) = request.into_parts();
        let form = read(&parts.headers, body, Allowance::USUAL).await?;
        if form.repeated(&[]) {
            return Err(FormFault::Repeated);
        }
        Ok(form)
    }
}

/// The conditions of a search, from the address. Fields may repeat.
#[derive(Debug, Clone, Default)]
pub struct Query(pub RawForm);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = FormFault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, FormFault> {
        RawForm::parse(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

/// Reads a form's body.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    allowance: Allowance,
) -> Result<RawForm, FormFault> {
    if !is_form(headers) {
        return Err(FormFault::Kind);
    }
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > allowance.bytes as u64) {
        return Err(FormFault::TooLarge);
    }
    RawForm::parse_within(&collect(body, allowance.bytes).await?, allowance)
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, FormFault> {
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        if source.is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>()) {
            FormFault::TooLarge
        } else {
            FormFault::Cut
        }
    })
}

/// `application/x-www-form-urlencoded`, in UTF-8 if it says.
fn is_form(headers: &HeaderMap) -> bool {
    let Some(kind) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
    else {
        return false;
    };
    let mut words = kind.split(';').map(|word| word.trim().to_ascii_lowercase());
    words.next().as_deref() == Some("application/x-www-form-urlencoded")
        && words.all(|word| matches!(word.as_str(), "charset=utf-8" | "charset=\"utf-8\"" | ""))
}

#[cfg(test)]
mod tests;
