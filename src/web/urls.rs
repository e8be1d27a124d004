//! Addresses that do not depend on data, written once.

/// Net Desk.
pub mod netdesk {
    use std::fmt;

    /// 全体トップ
    pub const TOP: &str = "/netdesk/";
    /// ログイン
    pub const LOGIN: &str = "/netdesk/login";
    /// ログアウト (POST)
    pub const LOGOUT: &str = "/netdesk/logout";
    /// Keeps a session alive (POST, answers 204 with [`crate::web::page::SESSION_LEFT`]).
    pub const SESSION: &str = "/netdesk/session";
    /// 保証申込 申込の作成（新規）
    pub const NEW_APPLICATION: &str = "/netdesk/applications/new";
    /// 契約保証予約申込（入札ボンド） 申込の作成（新規）
    pub const NEW_RESERVATION: &str = "/netdesk/reservations/new";
    /// 前の申込を写して作成
    pub const COPIES: &str = "/netdesk/applications/copies";
    /// 前払金請求書
    pub const INVOICES: &str = "/netdesk/invoices";
    /// 保証申込のお勧め
    pub const SUGGESTIONS: &str = "/netdesk/suggestions";
    /// How the addresses end to which files are sent.
    pub const UPLOAD_END: &str = "/approval-record";
    /// 下書き
    pub const DRAFTS: &str = "/netdesk/drafts";
    /// 状況
    pub const STATUS: &str = "/netdesk/status";
    /// 保証契約一覧
    pub const GUARANTEES: &str = "/netdesk/guarantees";
    /// 保証料計算書一覧
    pub const FEES: &str = "/netdesk/fees";
    /// 保証契約情報ダウンロード
    pub const DOWNLOADS: &str = "/netdesk/downloads";
    /// What a downloaded JSON holds.
    pub const DOWNLOADS_SCHEMA: &str = "/netdesk/downloads/guarantees-1.schema.json";
    /// 保証料計算
    pub const CALCULATOR: &str = "/netdesk/calculator";
    /// Q&A
    pub const QUESTIONS: &str = "/netdesk/questions";
    /// 電子保証対応の発注者
    pub const OBLIGEES: &str = "/netdesk/obligees";
    /// お客様情報
    pub const ACCOUNT: &str = "/netdesk/account";
    /// 利用規約
    pub const TERMS: &str = "/netdesk/terms";
    /// ヘルプ
    pub const HELP: &str = "/netdesk/help";

    /// Saves a form while it is being typed in (POST).
    pub const AUTOSAVE: &str = "/netdesk/applications/autosave";
    /// What an obligee's rules say to a form being typed in (POST).
    pub const ADVICE: &str = "/netdesk/applications/advice";

    /// The addresses of one 保証申込.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Application(pub uuid::Uuid);

    impl Application {
        /// 申込作成
        pub fn form(self) -> String {
            self.to_string()
        }

        /// 申込作成, at one field.
        pub fn field(self, name: &str) -> String {
            format!("{self}#f-{name}")
        }

        /// 申込作成 with everything to mend.
        pub fn problems(self) -> String {
            format!("{self}?check=1")
        }

        /// 申込確認
        pub fn confirmation(self) -> String {
            format!("{self}/confirmation")
        }

        /// 認定調書 (POST)
        pub fn approval_record(self) -> String {
            format!("{self}{UPLOAD_END}")
        }

        /// 送信完了
        pub fn submission(self) -> String {
            format!("{self}/submission")
        }

        /// 状況
        pub fn status(self) -> String {
            format!("{self}/status")
        }

        /// 写して作成 (POST)
        pub fn copy(self) -> String {
            format!("{self}/copy")
        }

        /// 取下げ
        pub fn withdrawal(self) -> String {
            format!("{self}/withdrawal")
        }

        /// 下書きの削除
        pub fn deletion(self) -> String {
            format!("{self}/deletion")
        }
    }

    /// The own password.
    pub const PASSWORD: &str = "/netdesk/account/password";
    /// 利用者の追加
    pub const NEW_USER: &str = "/netdesk/account/users/new";

    /// 電子保証履歴一覧, or 保証契約の詳細 of a paper guarantee; the number with its letter.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Guarantee<'a>(pub &'a str);

    impl fmt::Display for Guarantee<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{GUARANTEES}/{}", self.0)
        }
    }

    impl Guarantee<'_> {
        /// 中間前払金保証を申し込む (POST)
        pub fn midterm(&self) -> String {
            format!("{self}/midterm")
        }

        /// 前払金保証を続けて申し込む (POST)
        pub fn prepayment(&self) -> String {
            format!("{self}/prepayment")
        }

        /// 提出の手順
        pub fn hand_in(&self) -> String {
            format!("{self}/hand-in")
        }

        /// 前払金請求書
        pub fn invoice(&self) -> String {
            format!("{self}/invoice")
        }

        /// 落札した (POST)
        pub fn award(&self) -> String {
            format!("{self}/award")
        }

        /// 落札しなかった (POST)
        pub fn lost_bid(&self) -> String {
            format!("{self}/lost-bid")
        }
    }

    /// 電子保証にかかる「認証キー」のお知らせ (PDF).
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct KeyNotice<'a>(pub &'a str);

    impl fmt::Display for KeyNotice<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{GUARANTEES}/{}/key-notice.pdf", self.0)
        }
    }

    /// One version of a certificate; `.pdf` and `.json` behind it for its copies.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Certificate<'a>(pub &'a str, pub i32);

    impl fmt::Display for Certificate<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{GUARANTEES}/{}/certificates/{}", self.0, self.1)
        }
    }

    /// 変更の申込 of one guarantee.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ChangeOf(String);

    impl ChangeOf {
        /// With its letter.
        pub fn new(number: &str) -> Self {
            Self(format!("{GUARANTEES}/{number}/change"))
        }

        /// 変更の確認
        pub fn confirmation(&self) -> String {
            format!("{self}/confirmation")
        }

        /// Sends it (POST).
        pub fn submission(&self) -> String {
            format!("{self}/submission")
        }
    }

    impl fmt::Display for ChangeOf {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl fmt::Display for Application {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "/netdesk/applications/{}", self.0)
        }
    }

    /// The page behind a mailed link; its token is a secret.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub struct Invitation<'a>(pub &'a str);

    impl fmt::Display for Invitation<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "/netdesk/invitations/{}", self.0)
        }
    }

    /// One user of the own company.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct User(pub i64);

    impl fmt::Display for User {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{ACCOUNT}/users/{}", self.0)
        }
    }

    /// One topic of ヘルプ.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Help<'a>(pub &'a str);

    impl fmt::Display for Help<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{HELP}/{}", self.0)
        }
    }
}

/// Office.
pub mod office {
    use std::fmt;

    use uuid::Uuid;

    use crate::domain::fee::Month;

    /// ログイン
    pub const LOGIN: &str = "/office/login";
    /// ログアウト (POST)
    pub const LOGOUT: &str = "/office/logout";
    /// Keeps a session alive (POST, answers 204 with [`crate::web::page::SESSION_LEFT`]).
    pub const SESSION: &str = "/office/session";
    /// 申込の一覧
    pub const APPLICATIONS: &str = "/office/applications";
    /// 保証契約
    pub const GUARANTEES: &str = "/office/guarantees";
    /// 訂正・変更取消・解約 that wait for a decision
    pub const ACTS: &str = "/office/acts";
    /// The own account.
    pub const ACCOUNT: &str = "/office/account";
    /// パスワードの変更
    pub const PASSWORD: &str = "/office/account/password";
    /// 支店
    pub const BRANCHES: &str = "/office/admin/branches";
    /// 職員
    pub const STAFF: &str = "/office/admin/staff";
    /// お客様
    pub const CONTRACTORS: &str = "/office/admin/contractors";
    /// 発注者ときまり
    pub const OBLIGEES: &str = "/office/admin/obligees";
    /// 番号ブロック
    pub const BLOCKS: &str = "/office/admin/blocks";
    /// 保証料率表
    pub const FEE_TABLES: &str = "/office/fee-tables";
    /// 一括納付
    pub const FEE_MONTHS: &str = "/office/fee-months";
    /// 保証料の返還
    pub const FEE_REFUNDS: &str = "/office/fee-refunds";
    /// 処理の記録
    pub const JOBS: &str = "/office/admin/jobs";
    /// ヘルプ
    pub const HELP: &str = "/office/help";

    /// One application.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Case(pub Uuid);

    impl fmt::Display for Case {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{APPLICATIONS}/{}", self.0)
        }
    }

    impl Case {
        /// A document that was sent with it.
        pub fn document(self, id: Uuid) -> String {
            format!("{self}/documents/{id}")
        }
    }

    /// One guarantee, by its number with the letter.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Guarantee<'a>(pub &'a str);

    impl fmt::Display for Guarantee<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{GUARANTEES}/{}", self.0)
        }
    }

    impl Guarantee<'_> {
        /// 保証金の試算
        pub fn claim(self) -> String {
            format!("{self}/claim")
        }
    }

    /// One month of 一括納付.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct FeeMonth(pub Month);

    impl fmt::Display for FeeMonth {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{FEE_MONTHS}/{}", self.0)
        }
    }

    /// One contractor's month.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct FeeClosing(pub i64);

    impl fmt::Display for FeeClosing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "/office/fee-closings/{}", self.0)
        }
    }

    /// Whether receipts come as PDF (POST).
    pub const FEE_RECEIPTS: &str = "/office/fee-receipts";

    /// 領収証 of what was paid for a month (POST).
    pub fn settlement_receipt(id: Uuid) -> String {
        format!("/office/receipts/settlements/{id}")
    }

    /// 領収証 of an 入金確認 (POST).
    pub fn payment_receipt(id: Uuid) -> String {
        format!("/office/receipts/payments/{id}")
    }

    /// One version of a fee table.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct FeeTable(pub i64);

    impl fmt::Display for FeeTable {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{FEE_TABLES}/{}", self.0)
        }
    }

    /// One topic of ヘルプ.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Help<'a>(pub &'a str);

    impl fmt::Display for Help<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{HELP}/{}", self.0)
        }
    }
}

/// D-Sure.
pub mod dsure {
    use std::fmt;

    /// Sign-in with number and key.
    pub const TOP: &str = "/dsure/";
    /// ログアウト (POST)
    pub const LOGOUT: &str = "/dsure/logout";
    /// Keeps a session alive (POST, answers 204 with [`crate::web::page::SESSION_LEFT`]).
    pub const SESSION: &str = "/dsure/session";
    /// 署名の公開鍵
    pub const KEYS: &str = "/dsure/keys.json";
    /// ヘルプ
    pub const HELP: &str = "/dsure/help";

    /// A version of the certificate that the session has open.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Certificate(pub i32);

    impl fmt::Display for Certificate {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "/dsure/certificates/{}", self.0)
        }
    }
}

/// Only under `demo`.
pub mod demo {
    /// The three doors.
    pub const TOP: &str = "/";
    /// The caught mails.
    pub const MAIL: &str = "/demo/mail";
}
