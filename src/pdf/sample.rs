//! Invented documents for the tests of this folder.

use time::macros::date;

use super::key_notice::KeyNotice;
use crate::domain::certificate::{
    CertificateFace, HandlingBranch, Issuer, Occasion, Principal, SCHEMA,
};
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};

/// 工事名 of 120 characters.
pub fn long_works_name() -> String {
    "令和８年度（債務負担行為）○○浄水場△△系統沈砂池及び導水ポンプ棟耐震補強・機械設備更新工事、同付帯電気計装設備改修工事並びに場内配管布設替工事（第３工区その２）「水道施設再編推進事業（補助）」及び仮設、撤去、路面復旧その他工事（分割２号）".to_owned()
}

pub fn prepayment() -> CertificateFace {
    CertificateFace {
        schema: SCHEMA.to_owned(),
        number: "35075-00003M".to_owned(),
        seq: 1,
        occasion: Occasion::New,
        corrects: None,
        product: Product::Prepayment,
        form: CertificateForm::Electronic,
        dated: date!(2026 - 07 - 02),
        principal: Principal {
            address: "神奈川県横浜市見本区港町1番1号".to_owned(),
            name: "みなと建設株式会社".to_owned(),
            representative: "代表取締役　湊 一郎".to_owned(),
            jv_name: None,
            jv_representative: None,
        },
        obligee: "神奈川県内広域水道企業団 企業長".to_owned(),
        amount: Yen::new(20_000_000).unwrap(),
        until: date!(2027 - 03 - 31),
        works_name: "○○浄水場△△修繕工事".to_owned(),
        price: Yen::new(50_000_000).unwrap(),
        period_from: date!(2026 - 07 - 01),
        period_to: date!(2027 - 03 - 31),
        contract_date: Some(date!(2026 - 07 - 01)),
            bid_date: None,
        bank: Some("○○銀行　××支店".to_owned()),
        vow: "当会社は、前払金保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。".to_owned(),
        issuer: Issuer {
            name: "みらい建設業保証株式会社".to_owned(),
            address: "東京都中央区見本町二丁目7番10号".to_owned(),
            president_title: "取締役社長".to_owned(),
            president_name: "見本 太郎".to_owned(),
        },
        branch: HandlingBranch {
            name: "神奈川支店".to_owned(),
            tel: "045-000-0000".to_owned(),
            fax: "045-100-0000".to_owned(),
        },
        notes: vec![
            "保証契約を変更する場合は、表題の下に変更ー　の表示と変更の発生番号を付記し、変更後の契約内容を表示します。".to_owned(),
            "請負金額のみの変更の場合は、この保証契約の効力に影響を及ぼさないので、保証契約変更の手続きをとる必要はありません。".to_owned(),
        ],
        approved_sha256: String::new(),
        previous_sha256: None,
    }
}

pub fn contract() -> CertificateFace {
    CertificateFace {
        number: "35075-00004M".to_owned(),
        product: Product::Contract,
        form: CertificateForm::Paper,
        amount: Yen::new(5_000_000).unwrap(),
        bank: None,
        vow: "当会社は、契約保証約款に基づき上記のとおり保証契約を締結し、その責に任じます。"
            .to_owned(),
        notes: prepayment().notes.into_iter().take(1).collect(),
        ..prepayment()
    }
}

/// Everything as long as forms allow, for a joint venture.
pub fn long_venture() -> CertificateFace {
    let mut face = prepayment();
    face.occasion = Occasion::Change { number: 12 };
    face.works_name = long_works_name();
    face.principal.address = "神奈川県横浜市見本区港町一丁目2番3号　みなと見本臨海業務核都市第二総合庁舎別館ビルディング15階1501号室".to_owned();
    face.principal.jv_name = Some(
        "みなと建設・やまと土木・髙橋﨑工務店特定建設工事共同企業体（○○浄水場△△修繕工事）"
            .to_owned(),
    );
    face.principal.jv_representative = Some(face.principal.name.clone());
    face.obligee =
        "神奈川県内広域水道企業団 企業長職務代理者 副企業長兼総務部契約検査課長事務取扱".to_owned();
    face.amount = Yen::MAX;
    face.price = Yen::MAX;
    face
}

pub fn odd_names() -> CertificateFace {
    let mut face = prepayment();
    face.number = "35008-00017M".to_owned();
    face.principal.address = "茨城県取手市見本台3番3号".to_owned();
    face.principal.name = "有限会社髙橋﨑工務店㈱".to_owned();
    face.principal.representative = "代表取締役　\u{FA19} 𠮷郎・辻\u{E0101}\u{3000}邉子".to_owned();
    face.obligee = "取手市長".to_owned();
    face.works_name =
        "市道0102号線（Ⅲ期）～〜歩道拡幅 ①工区 1,250㎡・か\u{3099}け崩れ対策ℓ".to_owned();
    face
}

pub fn notice() -> KeyNotice {
    KeyNotice {
        works_name: "○○浄水場△△修繕工事".to_owned(),
        contractor_name: "みなと建設株式会社".to_owned(),
        product: Product::Prepayment,
        number: "35075-00003M".to_owned(),
        key_groups: ["Z28Y", "UE4J", "3Bux"].map(str::to_owned),
        dsure_url: "https://dsure.example/dsure/".to_owned(),
        surety_name: "みらい建設業保証株式会社".to_owned(),
        surety_address: "東京都中央区見本町二丁目7番10号".to_owned(),
        branch_name: "神奈川支店".to_owned(),
        tel: "045-000-0000".to_owned(),
        fax: "045-100-0000".to_owned(),
        hours: "平日 9:00～17:00（土日祝日・年末年始除く）".to_owned(),
        occasion: None,
        renewed_at: None,
    }
}

pub fn long_notice() -> KeyNotice {
    KeyNotice {
        works_name: long_works_name(),
        contractor_name: "有限会社髙橋﨑工務店𠮷\u{FA19}㈱".to_owned(),
        product: Product::Contract,
        occasion: Some("変更ー1".to_owned()),
        renewed_at: Some("2026/07/05 10:00".to_owned()),
        ..notice()
    }
}
