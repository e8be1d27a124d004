//! Settings, typed.

/// Where each site is reached from outside: used in mails, the QR code and the Origin check.
/// No trailing slash, path included: `https://netdesk.example/netdesk`.
#[derive(Debug, Clone)]
pub struct Addresses {
    pub netdesk: String,
    pub office: String,
    pub dsure: String,
}
