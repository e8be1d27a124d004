//! The demo's logins, word for word (one password for all). What sign-in pages of `demo` show.

use crate::services::accounts::DEMO_PASSWORD;

/// One login to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoLogin {
    pub login: &'static str,
    /// The company (Net Desk) or branch (Office).
    pub place: &'static str,
    /// 管理者, 作成のみ, 審査, 承認
    pub role: &'static str,
}

/// The password of every demo account.
pub const PASSWORD: &str = DEMO_PASSWORD;

const fn login(login: &'static str, place: &'static str, role: &'static str) -> DemoLogin {
    DemoLogin { login, place, role }
}

/// Net Desk: contractors' users.
pub const NETDESK: [DemoLogin; 5] = [
    login("minato.soumu", "みなと建設株式会社", "管理者"),
    login("minato.keiri", "みなと建設株式会社", "作成のみ"),
    login("yamato.soumu", "株式会社やまと土木", "管理者"),
    login("takahashi.soumu", "有限会社髙橋﨑工務店", "管理者"),
    login("taisetsu.soumu", "大雪建設株式会社", "管理者"),
];

/// Office: staff, a clerk before the approver of the same branch.
pub const OFFICE: [DemoLogin; 13] = [
    login("kanagawa.clerk", "神奈川支店", "審査"),
    login("kanagawa.approver", "神奈川支店", "承認"),
    login("nagano.clerk", "長野支店", "審査"),
    login("nagano.approver", "長野支店", "承認"),
    login("ibaraki.clerk", "茨城支店", "審査"),
    login("ibaraki.approver", "茨城支店", "承認"),
    login("chiba.clerk", "千葉支店", "審査"),
    login("chiba.approver", "千葉支店", "承認"),
    login("sapporo.clerk", "札幌支店（きた）", "審査"),
    login("sapporo.approver", "札幌支店（きた）", "承認"),
    login("honsha.approver", "営業部", "承認"),
    login("honsha.admin", "営業部", "管理者"),
    login("kita.admin", "札幌支店（きた）", "管理者"),
];
