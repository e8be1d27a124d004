//! Mail: one askama struct per message, sent by SMTP with a time-out on every step.
//!
//! No message ever holds a key or a password; the only secret a mail may carry is the single-use
//! link of an invitation or reset. User text never enters a header but the encoded subject.

mod messages;

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use time::OffsetDateTime;
use uuid::Uuid;

pub use messages::{Invitation, Issued, Returned};

/// How mail leaves the house.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
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
    /// 5xx: refused for good.
    #[error("refused by the mail server: {0}")]
    Refused(String),
    /// Anything that may pass: 4xx, time-outs, nobody listening.
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
        let tls = match settings.guard {
            Guard::Plain => Tls::None,
            Guard::StartTls => Tls::Required(tls()?),
            Guard::Tls => Tls::Wrapper(tls()?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout))
            .hello_name(ClientId::Domain(domain.clone()))
            .pool_config(PoolConfig::new().max_size(2));
        if let Some((user, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.to_string()));
        }
        Ok(Self {
            transport: builder.build(),
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
            .to(Mailbox::new(None, to))
            .subject(letter.subject.clone())
            .date(now.into())
            .message_id(Some(self.message_id(job)))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(|error| MailError::Letter(error.to_string()))?;
        // The transport's own time-out covers connecting only; a silent server must not hold a job.
        match tokio::time::timeout(self.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(sort(&error)),
            Err(_) => Err(MailError::Passing(format!(
                "the mail server gave no answer within {} s",
                self.timeout.as_secs()
            ))),
        }
    }
}

fn sort(error: &SmtpError) -> MailError {
    if error.is_permanent() {
        MailError::Refused(error.to_string())
    } else {
        MailError::Passing(error.to_string())
    }
}
