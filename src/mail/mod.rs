//! Mail: one askama struct per message, sent by SMTP with a time-out on every step.
//!
//! No message ever holds a key or a password; the only secret a mail may carry is the single-use
//! link of an invitation or reset. User text never enters a header but the encoded subject.

mod messages;

use std::time::Duration;

use lettre::Address;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use time::OffsetDateTime;
use uuid::Uuid;

pub use messages::{Ended, Invitation, Issued, PasswordChanged, Renewed, Returned};

/// How mail leaves the house.
#[derive(Clone)]
pub struct Mailer {
    host: String,
    port: u16,
    /// TLS from the first byte.
    wrapper: Option<TlsParameters>,
    /// STARTTLS, required.
    upgrade: Option<TlsParameters>,
    login: Option<Credentials>,
    hello: ClientId,
    from: Address,
    /// Right side of Message-IDs.
    domain: String,
    timeout: Duration,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// How the connection to the mail server is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Loopback catcher of demo and tests only.
    Plain,
    /// STARTTLS, required.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// Where and as whom.
#[derive(Debug, Clone)]
pub struct MailSettings {
    pub host: String,
    pub port: u16,
    pub guard: Guard,
    /// User name and password.
    pub login: Option<(String, zeroize::Zeroizing<String>)>,
    /// Sender address.
    pub from: String,
    /// Longest wait for connecting, and for the whole of sending one letter.
    pub timeout: Duration,
}

/// A letter ready to go.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// Why a letter did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address or the letter itself: trying again would not help.
    #[error("the letter cannot be sent: {0}")]
    Letter(String),
    /// 5xx to this recipient or this letter: refused for good.
    #[error("refused by the mail server: {0}")]
    Refused(String),
    /// Anything that may pass: 4xx, time-outs, nobody listening; and whatever the server says against
    /// us before it has heard of a recipient (greeting, TLS, sign-in, sender), which a person mends.
    #[error("not sent yet: {0}")]
    Passing(String),
}

impl MailError {
    pub fn is_permanent(&self) -> bool {
        !matches!(self, Self::Passing(_))
    }
}

impl Mailer {
    /// # Errors
    /// When the sender is no address or TLS cannot be set up.
    pub fn new(settings: &MailSettings) -> Result<Self, MailError> {
        let from: Address = settings
            .from
            .parse()
            .map_err(|error| MailError::Letter(format!("sender {}: {error}", settings.from)))?;
        let domain = from.domain().to_owned();
        let tls = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| MailError::Letter(error.to_string()))
        };
        let (wrapper, upgrade) = match settings.guard {
            Guard::Plain => (None, None),
            Guard::StartTls => (None, Some(tls()?)),
            Guard::Tls => (Some(tls()?), None),
        };
        let login = settings
            .login
            .as_ref()
            .map(|(user, password)| Credentials::new(user.clone(), password.to_string()));
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            wrapper,
            upgrade,
            login,
            hello: ClientId::Domain(domain.clone()),
            from,
            domain,
            timeout: settings.timeout,
        })
    }

    /// The Message-ID of a job: the same on every attempt.
    pub fn message_id(&self, job: Uuid) -> String {
        format!("<{job}@{}>", self.domain)
    }

    /// Sends one letter. The Message-ID follows from the job, so a second copy can be told.
    ///
    /// # Errors
    /// [`MailError`], permanent or passing.
    pub async fn send(
        &self,
        letter: &Letter,
        job: Uuid,
        now: OffsetDateTime,
    ) -> Result<(), MailError> {
        let to: Address = letter
            .to
            .parse()
            .map_err(|error| MailError::Letter(format!("recipient: {error}")))?;
        let message = Message::builder()
            // Addresses only: a display name with a line break makes the library panic.
            .from(Mailbox::new(None, self.from.clone()))
            .to(Mailbox::new(None, to.clone()))
            .subject(letter.subject.clone())
            .date(now.into())
            .message_id(Some(self.message_id(job)))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| MailError::Letter(error.to_string()))?;
        // The connection's own time-out covers connecting only; a silent server must not hold a job.
        let work = self.deliver(to, message.formatted());
        let mut line = tokio::time::timeout(self.timeout, work)
            .await
            .map_err(|_| {
                MailError::Passing(format!(
                    "the mail server gave no answer within {} s",
                    self.timeout.as_secs()
                ))
            })??;
        // It has the letter; a goodbye changes nothing.
        let _ = tokio::time::timeout(GOODBYE, line.quit()).await;
        Ok(())
    }

    /// The steps of one delivery, so that a 5xx is judged by the step that it answers.
    async fn deliver(
        &self,
        to: Address,
        letter: Vec<u8>,
    ) -> Result<AsyncSmtpConnection, MailError> {
        let mut line = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(self.timeout),
            &self.hello,
            self.wrapper.clone(),
            None,
        )
        .await
        .map_err(|error| passing(&error))?;
        if let Some(tls) = &self.upgrade {
            line.starttls(tls.clone(), &self.hello)
                .await
                .map_err(|error| passing(&error))?;
        }
        if let Some(login) = &self.login {
            line.auth(DEFAULT_MECHANISMS, login)
                .await
                .map_err(|error| passing(&error))?;
        }
        let mut options = Vec::new();
        let ascii = |address: &Address| address.to_string().is_ascii();
        if !(ascii(&self.from) && ascii(&to)) {
            if !line.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(MailError::Letter(
                    "the mail server takes no address beyond ASCII".to_owned(),
                ));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        line.command(Mail::new(Some(self.from.clone()), options))
            .await
            .map_err(|error| passing(&error))?;
        line.command(Rcpt::new(to, Vec::new()))
            .await
            .map_err(|error| sort(&error))?;
        line.command(Data).await.map_err(|error| sort(&error))?;
        line.message(&letter).await.map_err(|error| sort(&error))?;
        Ok(line)
    }
}

/// How long the goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

fn passing(error: &SmtpError) -> MailError {
    MailError::Passing(error.to_string())
}

fn sort(error: &SmtpError) -> MailError {
    if error.is_permanent() {
        MailError::Refused(error.to_string())
    } else {
        MailError::Passing(error.to_string())
    }
}
