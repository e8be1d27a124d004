//! The rows of the application form, with the leaflets' labels, ※ notes and 「?」 explanations.

use super::place::DECIDING;
use super::sheet::Sheet;
use crate::domain::acceptance::Acceptance;
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::works::{ContractKind, Obligation};
use crate::web::field::{Choice, FieldView};
use crate::web::page::Tone;

mod blocks;
mod rest;

/// The id of the list of obligees to choose from.
pub const OBLIGEE_LIST: &str = "obligees";

/// The id of the list of 前払金保証 to build on.
pub const PREPAYMENT_LIST: &str = "prepayments";

const CHOOSE: &str = "選択してください";

impl Sheet<'_> {
    pub(super) fn text(&self, field: Field) -> FieldView {
        FieldView::text(field.id(), self.label(field), self.get(field)).error(self.error(field))
    }

    pub(super) fn money(&self, field: Field) -> FieldView {
        let read = self
            .yen(field)
            .filter(|yen| yen.get() >= 10_000)
            .map_or_else(String::new, Yen::man);
        FieldView::money(field.id(), self.label(field), self.get(field))
            .read(read)
            .error(self.error(field))
    }

    pub(super) fn day(&self, field: Field) -> FieldView {
        let read = self.date(field).map_or_else(String::new, era::both);
        FieldView::date(field.id(), self.label(field), self.get(field))
            .read(read)
            .error(self.error(field))
    }

    pub(super) fn select(&self, field: Field, first: &str, rest: Vec<Choice>) -> FieldView {
        let mut choices = vec![Choice::new("", first)];
        choices.extend(rest);
        FieldView::select(field.id(), self.label(field), self.get(field), choices)
            .error(self.error(field))
    }

    pub(super) fn radios(&self, field: Field, choices: Vec<Choice>) -> FieldView {
        FieldView::radios(field.id(), self.label(field), self.get(field), choices)
            .error(self.error(field))
    }

    /// 必須 while an empty field would be refused, else 任意.
    pub(super) fn marked(&self, field: Field, row: FieldView) -> FieldView {
        if self.needs(field) {
            row.required()
        } else {
            row.optional()
        }
    }

    /// 請負工事の情報
    pub fn works(&self) -> Vec<FieldView> {
        let mut rows = vec![
            self.obligee(),
            self.text(Field::WorksName)
                .required()
                .hint(match self.kind {
                    ApplicationKind::Reservation => {
                        "入札公告のとおりに入力してください。このまま予約証書に印刷します。"
                    }
                    _ => "契約書のとおりに入力してください。このまま証書に印刷します。",
                }),
            self.radios(
                Field::Kind,
                ContractKind::ALL
                    .map(|kind| Choice::new(kind.code(), kind.label()))
                    .into(),
            )
            .required()
            .hint("業務委託は、設計・調査・測量です。業務委託では、工事名に業務名を入力してください。"),
            self.money(Field::Price)
                .required()
                .hint("カンマや「円」「万円」、全角数字のままでも受け付けます。"),
            self.contract_date(),
            self.period(),
        ];
        let place = self.place();
        rows.extend(
            DECIDING
                .into_iter()
                .filter(|field| place.asks(*field))
                .map(|field| self.deciding_day(field)),
        );
        let mut name = self
            .marked(Field::JvName, self.text(Field::JvName))
            .hint("共同企業体のときだけ入力します。");
        name.says = self.members_answer();
        rows.push(name);
        rows.push(
            self.marked(Field::JvRepresentative, self.text(Field::JvRepresentative))
                .width("in--m")
                .hint(match self.kind {
                    ApplicationKind::Reservation => "共同企業体の代表者の会社名です。",
                    _ => "認証キーのお知らせには、この名前を印刷します。",
                }),
        );
        rows
    }

    /// 債務負担行為・継続費, with what follows from the table below it.
    pub fn obligation_row(&self) -> FieldView {
        let mut choices = vec![Choice::new("none", "なし（単年度の契約）")];
        choices.extend(
            Obligation::ALL.map(|obligation| Choice::new(obligation.code(), obligation.label())),
        );
        let mut row = self
            .radios(Field::Obligation, choices)
            .optional()
            .help(
                Field::Obligation.label(),
                &[
                    "債務負担行為または継続費により、複数の年度にまたがる契約のときに選び、年度ごとの金額を入力します。",
                    "前払金保証の割合は今年度の額に対して、保証期限は年度の終わり（最後の年度は工期の終わり）になります。",
                ],
            );
        row.says = self.years_answer();
        row
    }

    fn obligee(&self) -> FieldView {
        let mut row = self
            .text(Field::Obligee)
            .required()
            .suggestions(OBLIGEE_LIST)
            .hint("名前の一部で探せます。一覧にない発注者は、そのまま入力してください。");
        row.says = self.obligee_answer();
        row
    }

    fn contract_date(&self) -> FieldView {
        let field = Field::ContractDate;
        let row = self
            .marked(field, self.day(field))
            .hint("日付は 令和8年7月1日、R8.7.1、20260701 のどの書き方でも構いません。");
        row.hint(match self.kind {
            ApplicationKind::Reservation => "落札したときに契約を結ぶ予定の日です。",
            _ if self.place().asks(field) => {
                "この発注者は、請負契約日で電子保証の可否が決まります。"
            }
            _ => "契約保証だけのお申し込みでは、決まっていなければ空欄で構いません。",
        })
    }

    fn period(&self) -> FieldView {
        let (from, to) = (Field::PeriodFrom, Field::PeriodTo);
        let read = match (self.date(from), self.date(to)) {
            (Some(start), Some(end)) if start <= end => format!(
                "{} ～ {}・{}日間",
                era::gregorian(start),
                era::gregorian(end),
                era::days_inclusive(start, end)
            ),
            _ => String::new(),
        };
        let label = match self.kind {
            ApplicationKind::Reservation => "予定工期",
            _ => "工期",
        };
        FieldView::period(label, (from.id(), self.get(from)), (to.id(), self.get(to)))
            .required()
            .read(read)
            .error(self.error(from))
            .error_until(self.error(to))
    }

    /// 公告日 or 落札決定日, where the obligee's rule asks for it.
    fn deciding_day(&self, field: Field) -> FieldView {
        let words = match field {
            _ if self.kind == ApplicationKind::Reservation => "この工事の入札が行われる日です。",
            Field::NoticeDate => {
                "この発注者は、公告日（指名競争入札では指名の日）で電子保証の可否が決まります。"
            }
            Field::BidDate => "この発注者は、入札日で電子保証の可否が決まります。",
            Field::PlannedNoticeDate => {
                "この発注者は、契約予定工事通知日で電子保証の可否が決まります。"
            }
            _ => "この発注者は、落札決定日で電子保証の可否が決まります。",
        };
        self.marked(field, self.day(field)).hint(words)
    }
}

/// How an answer sounds.
pub fn tone(answer: &Acceptance) -> Tone {
    match answer {
        Acceptance::Accepted { .. } => Tone::Ok,
        Acceptance::NeedsDate { .. }
        | Acceptance::NeedsKind { .. }
        | Acceptance::NeedsSection { .. } => Tone::Note,
        Acceptance::Unknown { .. } | Acceptance::Refused { .. } => Tone::Warn,
    }
}

pub(super) fn wanted() -> Vec<Choice> {
    vec![
        Choice::new("yes", "希望する"),
        Choice::new("no", "希望しない"),
    ]
}
