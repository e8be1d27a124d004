//! The folder of caught mails: one complete file each, and their reading.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use mail_parser::{Address, Message, MessageParser};
use time::OffsetDateTime;

/// What a list shows of a mail. Texts are decoded (RFC 2047), empty where the header is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The file's name, `NNNNNN-….eml`, to be given to [`read`].
    pub name: String,
    pub from: String,
    pub to: String,
    pub subject: String,
    /// The `Date` header.
    pub date: Option<OffsetDateTime>,
    /// Without its angle brackets.
    pub message_id: String,
}

/// One mail, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub summary: Summary,
    /// The text part, decoded; empty where there is none.
    pub body: String,
    /// The file's very bytes.
    pub raw: Vec<u8>,
}

/// Every mail in `folder`, the newest first; no folder is no mails.
///
/// # Errors
/// The folder cannot be read.
pub async fn list(folder: &Path) -> io::Result<Vec<Summary>> {
    let folder = folder.to_path_buf();
    blocking(move || {
        let mut names = match names(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names?,
        };
        names.sort_by_key(|name| std::cmp::Reverse(number_of(name)));
        let open = |name| load(&folder, name).map(|mail| mail.map(|mail| mail.summary));
        names
            .into_iter()
            .filter_map(|name| open(name).transpose())
            .collect()
    })
    .await
}

/// The mail of that name; `None` for a name that no mail has, whatever it looks like.
///
/// # Errors
/// The file is there and cannot be read.
pub async fn read(folder: &Path, name: &str) -> io::Result<Option<Mail>> {
    let (folder, name) = (folder.to_path_buf(), name.to_owned());
    blocking(move || load(&folder, name)).await
}

/// The writing side.
#[derive(Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    last: AtomicU64,
}

impl Shelf {
    /// Goes on counting after the mails that are already there.
    pub fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let last = names(&folder)?
            .iter()
            .filter_map(|name| number_of(name))
            .max();
        Ok(Self {
            folder,
            last: AtomicU64::new(last.unwrap_or(0)),
        })
    }

    /// Written aside, synced, renamed: under its name a mail is whole or not there.
    pub fn keep(&self, mail: &[u8]) -> io::Result<()> {
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let id = MessageParser::new()
            .parse_headers(mail)
            .and_then(|message| message.message_id().map(file_word))
            .filter(|word| !word.is_empty())
            .unwrap_or_else(|| "mail".to_owned());
        let aside = self.folder.join(format!(".{number:06}.part"));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&aside)?;
        file.write_all(mail)?;
        file.sync_all()?;
        fs::rename(&aside, self.folder.join(format!("{number:06}-{id}.eml")))?;
        File::open(&self.folder)?.sync_all()
    }
}

/// The part of a Message-ID before `@`, as far as it is harmless in a file name and a link.
fn file_word(id: &str) -> String {
    id.chars()
        .take_while(|c| *c != '@')
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(64)
        .collect()
}

/// `Some` for the names this shelf gives and nothing else: no folder, no dots, no way out.
fn number_of(name: &str) -> Option<u64> {
    let (number, word) = name.strip_suffix(".eml")?.split_once('-')?;
    let digits = number.len() >= 6 && number.bytes().all(|b| b.is_ascii_digit());
    let harmless = word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    (digits && harmless).then(|| number.parse().ok())?
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if entry.file_type()?.is_file() {
            names.extend(
                name.to_str()
                    .filter(|name| number_of(name).is_some())
                    .map(str::to_owned),
            );
        }
    }
    Ok(names)
}

fn load(folder: &Path, name: String) -> io::Result<Option<Mail>> {
    if number_of(&name).is_none() {
        return Ok(None);
    }
    let file = folder.join(&name);
    // A link that someone laid there leads nowhere.
    match fs::symlink_metadata(&file) {
        Ok(found) if found.is_file() => {}
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => return Ok(None),
    }
    let raw = fs::read(&file)?;
    let message = MessageParser::default().parse(&raw).unwrap_or_default();
    let summary = summary(name, &message);
    let body = message
        .body_text(0)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default();
    drop(message);
    Ok(Some(Mail { summary, body, raw }))
}

fn summary(name: String, message: &Message<'_>) -> Summary {
    Summary {
        name,
        from: people(message.from()),
        to: people(message.to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        date: message
            .date()
            .and_then(|date| OffsetDateTime::from_unix_timestamp(date.to_timestamp()).ok()),
        message_id: message.message_id().unwrap_or_default().to_owned(),
    }
}

fn people(address: Option<&Address<'_>>) -> String {
    let people = address.into_iter().flat_map(Address::iter).map(|person| {
        let mail = person.address().unwrap_or_default();
        match person.name() {
            Some(name) => format!("{name} <{mail}>"),
            None => mail.to_owned(),
        }
    });
    people.collect::<Vec<_>>().join(", ")
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shelfs_own_names_are_names() {
        assert_eq!(number_of("000012-issue-7.eml"), Some(12));
        assert_eq!(number_of("1234567-mail.eml"), Some(1_234_567));
        for bad in [
            "../000012-a.eml",
            "000012-../../etc/passwd.eml",
            "000012-a/b.eml",
            "000012-a.eml\0",
            "12-a.eml",
            ".000012.part",
            "000012-a",
            "+00012-a.eml",
            "",
        ] {
            assert_eq!(number_of(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_message_id_becomes_a_harmless_word() {
        assert_eq!(file_word("issue-7.../x\u{0}あ@akashi.example"), "issue-7x");
    }
}
