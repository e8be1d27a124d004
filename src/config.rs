//! Settings, typed.

/// Where each site is reached from outside: used in mails, the QR code and the Origin check.
/// No trailing slash, path included: `https://netdesk.example/netdesk`.
#[derive(Debug, Clone)]
pub struct Addresses {
    pub netdesk: String,
    pub office: String,
    pub dsure: String,
}

/// The shown names of the sites, settings of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Net Desk's shown name.
    pub netdesk: String,
    /// The Office's shown name.
    pub office: String,
    /// D-Sure's shown name.
    pub dsure: String,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            netdesk: "ネットデスク".into(),
            office: "保証業務".into(),
            dsure: "保証確認サービス（D-Sure）".into(),
        }
    }
}
