//! What an act comes to, in words: for whoever writes it and whoever decides.

use crate::domain::act::ActKind;
use crate::domain::product::CertificateForm;
use crate::services::acts::Outlook;
use crate::services::fees::papers;

/// What becomes of the fee.
pub fn fee(kind: ActKind, outlook: &Outlook) -> String {
    match (kind, outlook.fee) {
        (_, None) => {
            "料率が登録されていないため、返還や追加の保証料はここでは計算できません。".to_owned()
        }
        (ActKind::Termination, Some(0)) => {
            "保証料は返還しません（この保証契約の料率の定めによります）。".to_owned()
        }
        (_, Some(0)) => "保証料の追加・返還はありません。".to_owned(),
        (_, Some(back @ ..0)) => {
            format!(
                "保証料{}を返還します。",
                papers::signed(back.saturating_neg())
            )
        }
        (_, Some(more)) => format!("保証料{}を追加でいただきます。", papers::signed(more)),
    }
}

/// Which version holds after a 変更取消.
pub fn back_to(outlook: &Outlook) -> Option<String> {
    let back = outlook.back_to.as_ref()?;
    Some(format!("取り消すと「{}」の内容に戻ります。", back.label))
}

/// 訂正 of an earlier version: what it does not put right.
pub fn untouched(outlook: &Outlook) -> Option<String> {
    Some(stays(outlook.untouched.as_ref()?))
}

/// The version in force stays as it is when an earlier one is put right.
pub fn stays(held: &str) -> String {
    format!("いま有効な{held}は直りません。同じ誤りがあれば{held}も訂正してください。")
}

/// What happens as soon as an approver presses.
pub fn approval(kind: ActKind, form: CertificateForm) -> &'static str {
    let electronic = form == CertificateForm::Electronic;
    match (kind, electronic) {
        (ActKind::Correction, true) => {
            "承認すると、直した証書に署名してD-Sureへ届け、いまの証書を取り下げます。お客様の履歴には直した証書だけを表示し、メールは送りません。"
        }
        (ActKind::Correction, false) => {
            "承認すると、直した証書に署名し、いまの証書を取り下げます。直した証書をこの画面で印刷して、お客様へ渡します。"
        }
        (ActKind::Cancellation, true) => {
            "承認すると、お客様へメールを送り、D-Sureでは前の版を「いま有効」と表示します。取り消した変更の番号は二度と使いません。"
        }
        (ActKind::Cancellation, false) => {
            "承認すると、お客様へメールを送ります。取り消した変更の番号は二度と使いません。"
        }
        (ActKind::Termination, true) => {
            "承認すると、お客様へメールを送り、D-Sureに解約と表示します。承認したあとで元に戻すことはできません。"
        }
        (ActKind::Termination, false) => {
            "承認すると、お客様へメールを送り、保証契約が終わります。承認したあとで元に戻すことはできません。"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::acts::BackTo;

    #[test]
    fn the_fee_is_said_in_both_directions() {
        let of = |fee| Outlook {
            fee,
            back_to: None,
            untouched: None,
        };
        let said = |kind, yen| fee(kind, &of(yen));
        assert_eq!(
            said(ActKind::Termination, Some(-12_300)),
            "保証料12,300円を返還します。"
        );
        assert!(said(ActKind::Termination, Some(0)).starts_with("保証料は返還しません"));
        assert_eq!(
            said(ActKind::Cancellation, Some(0)),
            "保証料の追加・返還はありません。"
        );
        assert_eq!(
            said(ActKind::Correction, Some(5_000)),
            "保証料5,000円を追加でいただきます。"
        );
        assert!(said(ActKind::Termination, None).contains("料率が登録されていない"));
    }

    #[test]
    fn what_holds_afterwards_is_named() {
        let outlook = Outlook {
            fee: Some(0),
            back_to: Some(BackTo {
                label: "新規".to_owned(),
                changes: Vec::new(),
            }),
            untouched: Some("変更ー1".to_owned()),
        };
        assert_eq!(
            back_to(&outlook).as_deref(),
            Some("取り消すと「新規」の内容に戻ります。")
        );
        assert_eq!(
            untouched(&outlook).as_deref(),
            Some("いま有効な変更ー1は直りません。同じ誤りがあれば変更ー1も訂正してください。")
        );
    }
}
