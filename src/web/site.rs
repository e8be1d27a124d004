//! Which of the sites a page belongs to, and what the installation calls it.

pub use crate::config::Names;

/// One site of the installation; it decides dress, cookie and addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Site {
    /// Contractors apply here.
    Netdesk,
    /// The surety's branches examine, approve and issue here.
    Office,
    /// Obligees see certificates here.
    Dsure,
    /// The doors and the caught mails of `demo`.
    Demo,
}

impl Site {
    /// The word of `<html data-site>`; the stylesheet chooses its colours by it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Netdesk => "netdesk",
            Self::Office => "office",
            Self::Dsure => "dsure",
            Self::Demo => "demo",
        }
    }

    /// The one character in the seal beside the site's name.
    pub fn seal(self) -> &'static str {
        match self {
            Self::Netdesk => "保",
            Self::Office => "業",
            Self::Dsure | Self::Demo => "証",
        }
    }

    /// The line under the site's name; empty where there is none.
    pub fn tagline(self) -> &'static str {
        match self {
            Self::Netdesk => "インターネット保証サービス",
            Self::Office => "",
            Self::Dsure => "発注者のための電子証書の閲覧",
            Self::Demo => "三つのサイト・一つの保証",
        }
    }

    /// The site's first page.
    pub fn home(self) -> &'static str {
        use super::urls;
        match self {
            Self::Netdesk => urls::netdesk::TOP,
            Self::Office => urls::office::APPLICATIONS,
            Self::Dsure => urls::dsure::TOP,
            Self::Demo => urls::demo::TOP,
        }
    }

    /// What a link to [`Site::home`] is called.
    pub fn home_words(self) -> &'static str {
        match self {
            Self::Netdesk => "全体トップへ",
            Self::Office => "申込の一覧へ",
            Self::Dsure => "電子証書の確認へ",
            Self::Demo => "デモの入口へ",
        }
    }
}

impl Names {
    /// The shown name of one site.
    pub fn of(&self, site: Site) -> &str {
        match site {
            Site::Netdesk => &self.netdesk,
            Site::Office => &self.office,
            Site::Dsure => &self.dsure,
            Site::Demo => "Akashi デモ",
        }
    }
}
