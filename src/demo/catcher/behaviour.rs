//! How a mail server can fail: the drills' vocabulary.

use std::time::Duration;

/// What the catcher does with the mails it is offered. Switched with [`super::Catcher::behave`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Behaviour {
    #[default]
    Normal,
    /// The port is closed, open sessions are cut.
    RefuseConnections,
    /// Closes every new connection at once.
    CloseAtConnect,
    /// Takes the connection and never says a word.
    Silent,
    /// Waits this long before every reply.
    Slow(Duration),
    /// 421 instead of a greeting, then closes.
    Greet421,
    /// 554 instead of a greeting, then closes.
    Greet554,
    /// 550 to every sender.
    Sender5xx,
    /// 450 to every recipient (try again later).
    Reply4xx,
    /// 550 to every recipient (never).
    Reply5xx,
    /// Reads the mail, keeps nothing, says 451.
    Data4xx,
    /// Reads the mail, keeps nothing, says 554.
    Data5xx,
    /// Keeps the mail, then waits this long before saying 250.
    StallAfterData(Duration),
    /// Keeps the mail and closes without a reply: the sender cannot know.
    DropAfterData,
    /// Answers in another language than SMTP.
    Babble,
}
