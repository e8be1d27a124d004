//! The Office's forms of 訂正 and 解約, read field by field.

use time::Date;

use crate::domain::act::{Corrected, Proposal};
use crate::domain::certificate::CertificateFace;
use crate::domain::era;
use crate::services::registers::{FieldFault, Reader};

/// Longest reason, in characters.
const REASON_MAX: usize = 1000;
const NAME_MAX: usize = 60;

/// A field of the form of a 訂正.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionField {
    pub name: &'static str,
    pub label: &'static str,
    /// As the certificate has it.
    pub value: String,
    pub kind: FieldKind,
}

/// How it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Line,
    Money,
    Date,
}

/// What a 訂正 may put right, with what the certificate says.
pub fn correction_fields(face: &CertificateFace) -> Vec<CorrectionField> {
    use FieldKind as K;
    let field = |name, label, value: String, kind| CorrectionField {
        name,
        label,
        value,
        kind,
    };
    let principal = &face.principal;
    let mut fields = vec![
        field(
            "address",
            "保証契約者の住所",
            principal.address.clone(),
            K::Line,
        ),
        field("name", "保証契約者の名称", principal.name.clone(), K::Line),
        field(
            "representative",
            "保証契約者の代表者",
            principal.representative.clone(),
            K::Line,
        ),
    ];
    if let Some(name) = &principal.jv_name {
        fields.push(field("jv_name", "JV名", name.clone(), K::Line));
    }
    if let Some(name) = &principal.jv_representative {
        fields.push(field(
            "jv_representative",
            "JVの代表者",
            name.clone(),
            K::Line,
        ));
    }
    fields.extend([
        field("obligee", "被保証者", face.obligee.clone(), K::Line),
        field("amount", "保証金額", face.amount.to_string(), K::Money),
        field("until", "保証期限", era::plain(face.until), K::Date),
        field("works_name", "工事名", face.works_name.clone(), K::Line),
        field("price", "請負金額", face.price.to_string(), K::Money),
        field(
            "period_from",
            "工期の始め",
            era::plain(face.period_from),
            K::Date,
        ),
        field(
            "period_to",
            "工期の終わり",
            era::plain(face.period_to),
            K::Date,
        ),
    ]);
    if let Some(day) = face.contract_date {
        fields.push(field(
            "contract_date",
            "請負契約日",
            era::plain(day),
            K::Date,
        ));
    }
    if let Some(bank) = &face.bank {
        fields.push(field("bank", "預託金融機関", bank.clone(), K::Line));
    }
    fields
}

/// Reads a 訂正 of link `target`; what the certificate does not have stays away.
///
/// # Errors
/// All faults, each beside its field.
pub fn read_correction<'a>(
    target: u32,
    face: &CertificateFace,
    get: impl Fn(&str) -> &'a str,
) -> Result<(Proposal, String), Vec<FieldFault>> {
    let mut reader = Reader::default();
    let mut right = Corrected::of(face);
    for field in correction_fields(face) {
        let typed = get(field.name);
        let (name, label) = (field.name, field.label);
        let most = if name == "works_name" || name == "address" {
            120
        } else {
            NAME_MAX
        };
        match field.kind {
            FieldKind::Line => put(&mut right, name, reader.printed(name, label, typed, most)),
            FieldKind::Money => {
                let amount = reader.money(name, label, typed);
                match name {
                    "amount" => right.amount = amount,
                    _ => right.price = amount,
                }
            }
            FieldKind::Date => {
                let day = reader.date(name, label, typed);
                match name {
                    "until" => right.until = day,
                    "period_from" => right.period_from = day,
                    "period_to" => right.period_to = day,
                    _ => right.contract_date = Some(day),
                }
            }
        }
    }
    let reason = reader.block("reason", "訂正の理由", get("reason"), REASON_MAX);
    if reader.faults.is_empty() {
        sense(&mut reader, &right);
    }
    if reader.faults.is_empty() {
        let corrected = Box::new(right);
        Ok((Proposal::Correction { target, corrected }, reason))
    } else {
        Err(reader.faults)
    }
}

fn put(right: &mut Corrected, name: &str, words: String) {
    match name {
        "address" => right.address = words,
        "name" => right.name = words,
        "representative" => right.representative = words,
        "jv_name" => right.jv_name = Some(words),
        "jv_representative" => right.jv_representative = Some(words),
        "obligee" => right.obligee = words,
        "works_name" => right.works_name = words,
        _ => right.bank = Some(words),
    }
}

/// What no certificate may say, whoever signs.
fn sense(reader: &mut Reader, right: &Corrected) {
    if right.period_from > right.period_to {
        reader.fault(
            "period_to",
            "工期の終わりが、始めより前になっています。日付を直してください。",
        );
    }
    if right.amount > right.price {
        reader.fault(
            "amount",
            format!("保証金額は、請負金額{}円以下にしてください。", right.price),
        );
    }
}

/// Reads a 解約: `today` in Japan, `issued` the certificate's first date.
///
/// # Errors
/// All faults, each beside its field.
pub fn read_termination<'a>(
    today: Date,
    issued: Date,
    get: impl Fn(&str) -> &'a str,
) -> Result<(Proposal, String), Vec<FieldFault>> {
    let mut reader = Reader::default();
    let on = reader.date("on", "解約日", get("on"));
    let reason = reader.block("reason", "解約の理由", get("reason"), REASON_MAX);
    if reader.faults.is_empty() && on > today {
        reader.fault(
            "on",
            format!(
                "解約日は、きょう（{}）までの日を入力してください。",
                era::plain(today)
            ),
        );
    }
    if reader.faults.is_empty() && on < issued {
        reader.fault(
            "on",
            format!(
                "解約日は、証書の日付（{}）以後の日を入力してください。",
                era::plain(issued)
            ),
        );
    }
    if reader.faults.is_empty() {
        Ok((Proposal::Termination { on }, reason))
    } else {
        Err(reader.faults)
    }
}

/// Reads the reason of a 変更取消.
///
/// # Errors
/// The fault beside the field.
pub fn read_cancellation<'a>(
    target: u32,
    get: impl Fn(&str) -> &'a str,
) -> Result<(Proposal, String), Vec<FieldFault>> {
    let mut reader = Reader::default();
    let reason = reader.block("reason", "変更取消の理由", get("reason"), REASON_MAX);
    if reader.faults.is_empty() {
        Ok((Proposal::Cancellation { target }, reason))
    } else {
        Err(reader.faults)
    }
}
