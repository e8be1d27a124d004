//! The demo's sureties, branches, staff and contractors, word for word from its paper.

/// A surety of the demo.
pub struct DemoSurety {
    pub name: &'static str,
    pub address: &'static str,
    pub president_title: &'static str,
    pub president_name: &'static str,
    pub suffix: &'static str,
    pub branches: &'static [DemoBranch],
}

/// A branch with its first number block.
pub struct DemoBranch {
    pub name: &'static str,
    pub tel: &'static str,
    pub fax: &'static str,
    pub email: &'static str,
    pub block: &'static str,
    pub is_head: bool,
}

pub const HOURS: &str = "平日 9:00～17:00";

const fn branch(
    name: &'static str,
    tel: &'static str,
    fax: &'static str,
    email: &'static str,
    block: &'static str,
    is_head: bool,
) -> DemoBranch {
    DemoBranch {
        name,
        tel,
        fax,
        email,
        block,
        is_head,
    }
}

pub const SURETIES: [DemoSurety; 2] = [
    DemoSurety {
        name: "みらい建設業保証株式会社",
        address: "東京都中央区見本町二丁目7番10号",
        president_title: "取締役社長",
        president_name: "見本 太郎",
        suffix: "M",
        branches: &[
            branch(
                "神奈川支店",
                "045-000-0000",
                "045-100-0000",
                "kanagawa@mirai.example",
                "35075",
                false,
            ),
            branch(
                "長野支店",
                "026-000-0000",
                "026-100-0000",
                "nagano@mirai.example",
                "35020",
                false,
            ),
            branch(
                "茨城支店",
                "029-000-0000",
                "029-100-0000",
                "ibaraki@mirai.example",
                "35008",
                false,
            ),
            branch(
                "千葉支店",
                "043-000-0000",
                "043-100-0000",
                "chiba@mirai.example",
                "35012",
                false,
            ),
            branch(
                "営業部",
                "03-0000-0000",
                "03-1000-0000",
                "eigyo@mirai.example",
                "35001",
                true,
            ),
        ],
    },
    DemoSurety {
        name: "きた建設業保証株式会社",
        address: "北海道札幌市見本区北一条1番1号",
        president_title: "取締役社長",
        president_name: "見本 次郎",
        suffix: "H",
        branches: &[branch(
            "札幌支店",
            "011-000-0000",
            "011-100-0000",
            "sapporo@kita.example",
            "71001",
            true,
        )],
    },
];

/// The undertaking sentences, as every demo surety signs them (leaflet 000; 契約保証 is ours).
pub const VOW_PREPAYMENT: &str =
    "当会社は、前払金保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。";
pub const VOW_CONTRACT: &str =
    "当会社は、契約保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。";

/// A member of staff: login, name, branch, role code.
pub const STAFF: [(&str, &str, &str, &str); 13] = [
    ("nagano.clerk", "長野 審", "長野支店", "clerk"),
    ("nagano.approver", "長野 承", "長野支店", "approver"),
    ("kanagawa.clerk", "神奈川 審", "神奈川支店", "clerk"),
    ("kanagawa.approver", "神奈川 承", "神奈川支店", "approver"),
    ("ibaraki.clerk", "茨城 審", "茨城支店", "clerk"),
    ("ibaraki.approver", "茨城 承", "茨城支店", "approver"),
    ("chiba.clerk", "千葉 審", "千葉支店", "clerk"),
    ("chiba.approver", "千葉 承", "千葉支店", "approver"),
    ("honsha.admin", "本社 管", "営業部", "administrator"),
    ("honsha.approver", "本社 承", "営業部", "approver"),
    ("sapporo.clerk", "札幌 審", "札幌支店", "clerk"),
    ("sapporo.approver", "札幌 承", "札幌支店", "approver"),
    ("kita.admin", "札幌 管", "札幌支店", "administrator"),
];

/// A contractor of the demo.
pub struct DemoContractor {
    pub name: &'static str,
    pub address: &'static str,
    pub representative: &'static str,
    pub email: &'static str,
    pub tel: &'static str,
    pub branch: &'static str,
    pub lump_sum: bool,
    pub billing_places: &'static [&'static str],
    /// Login, name, mail, role code.
    pub users: &'static [(&'static str, &'static str, &'static str, &'static str)],
}

pub const CONTRACTORS: [DemoContractor; 4] = [
    DemoContractor {
        name: "みなと建設株式会社",
        address: "神奈川県横浜市見本区港町1番1号",
        representative: "代表取締役　湊 一郎",
        email: "soumu@minato.example",
        tel: "045-000-0000",
        branch: "神奈川支店",
        lump_sum: true,
        billing_places: &["本社　総務部", "横浜営業所"],
        users: &[
            (
                "minato.soumu",
                "総務 花子",
                "soumu@minato.example",
                "administrator",
            ),
            (
                "minato.keiri",
                "経理 次郎",
                "keiri@minato.example",
                "writer",
            ),
        ],
    },
    DemoContractor {
        name: "株式会社やまと土木",
        address: "長野県長野市見本町2番2号",
        representative: "代表取締役　大和 二郎",
        email: "soumu@yamato.example",
        tel: "026-000-0000",
        branch: "長野支店",
        lump_sum: false,
        billing_places: &["本社"],
        users: &[(
            "yamato.soumu",
            "総務 三郎",
            "soumu@yamato.example",
            "sender",
        )],
    },
    DemoContractor {
        name: "有限会社髙橋\u{FA11}工務店",
        address: "茨城県取手市見本台3番3号",
        representative: "代表取締役　髙橋 \u{FA11}子",
        email: "soumu@takahashi.example",
        tel: "029-000-0000",
        branch: "茨城支店",
        lump_sum: false,
        billing_places: &["本社"],
        users: &[(
            "takahashi.soumu",
            "総務 四郎",
            "soumu@takahashi.example",
            "sender",
        )],
    },
    DemoContractor {
        name: "大雪建設株式会社",
        address: "北海道札幌市見本区北二条4番4号",
        // The given character of the surname is U+FA19, which NFC would rewrite.
        representative: "代表取締役　\u{FA19} 三郎",
        email: "soumu@taisetsu.example",
        tel: "011-000-0000",
        branch: "札幌支店",
        lump_sum: true,
        billing_places: &["本社"],
        users: &[(
            "taisetsu.soumu",
            "総務 五郎",
            "soumu@taisetsu.example",
            "sender",
        )],
    },
];
