//! Who acts: roles on both sides of the counter.

/// Roles of a contractor's users (decisions.md); all but 閲覧 see the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractorRole {
    Administrator,
    Sender,
    Writer,
    Viewer,
}

impl ContractorRole {
    pub const ALL: [Self; 4] = [
        Self::Administrator,
        Self::Sender,
        Self::Writer,
        Self::Viewer,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Administrator => "管理者",
            Self::Sender => "作成・送信",
            Self::Writer => "作成のみ",
            Self::Viewer => "閲覧",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Sender => "sender",
            Self::Writer => "writer",
            Self::Viewer => "viewer",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    pub fn may_write(self) -> bool {
        self != Self::Viewer
    }

    pub fn may_send(self) -> bool {
        matches!(self, Self::Administrator | Self::Sender)
    }

    pub fn may_see_key(self) -> bool {
        self != Self::Viewer
    }

    /// Users of the company: inviting, disabling.
    pub fn may_manage(self) -> bool {
        self == Self::Administrator
    }
}

/// Roles of branch staff. Administrators neither examine nor approve (decisions.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StaffRole {
    Clerk,
    Approver,
    Administrator,
}

impl StaffRole {
    pub const ALL: [Self; 3] = [Self::Clerk, Self::Approver, Self::Administrator];

    pub fn label(self) -> &'static str {
        match self {
            Self::Clerk => "審査",
            Self::Approver => "承認",
            Self::Administrator => "管理者",
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Approver => "approver",
            Self::Administrator => "administrator",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    pub fn may_examine(self) -> bool {
        self == Self::Clerk
    }

    pub fn may_approve(self) -> bool {
        self == Self::Approver
    }

    pub fn may_administer(self) -> bool {
        self == Self::Administrator
    }
}
