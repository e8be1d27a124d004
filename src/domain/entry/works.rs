//! 請負工事の情報: the works contract with its joint venture and its fiscal years.

use time::Date;

use super::reader::{NO_DAY, Reader};
use super::{NAME_MAX, WORKS_NAME_MAX, share};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::kind::ApplicationKind;
use crate::domain::money::Yen;
use crate::domain::works::{
    ContractKind, JointVenture, JvMember, MultiYear, Obligation, WorksContract, YearAmount,
};

impl Reader<'_> {
    pub(super) fn works(&mut self, contract_date_needed: bool) -> WorksContract {
        let obligee = self.required_line(Field::Obligee, NAME_MAX);
        let works_name = self.required_line(Field::WorksName, WORKS_NAME_MAX);
        let kind = self.choice(Field::Kind, ContractKind::from_code);
        let price = self.required_money(Field::Price);
        let contract_date = if contract_date_needed {
            self.required_date(Field::ContractDate)
        } else {
            self.optional_date(Field::ContractDate)
        };
        let period_from = self.required_date(Field::PeriodFrom);
        let period_to = self.required_date(Field::PeriodTo);
        let notice_date = self.asked_date(Field::NoticeDate);
        let award_date = self.asked_date(Field::AwardDate);
        // Before the bid its day is all that is known.
        let reserves = self.kind == ApplicationKind::Reservation;
        let bid_date = if reserves {
            self.required_date(Field::BidDate)
        } else {
            self.optional_date(Field::BidDate)
        };
        let planned_notice_date = self.asked_date(Field::PlannedNoticeDate);
        let jv = self.jv();
        let multi_year = if reserves {
            None
        } else {
            self.multi_year(period_from)
        };
        let (obligee_id, obligee_name) = match &self.choices.obligee {
            Some((id, printed)) => (Some(*id), printed.clone()),
            None => (None, obligee.unwrap_or_default()),
        };
        WorksContract {
            obligee_id,
            obligee_name,
            works_name: works_name.unwrap_or_default(),
            kind: kind.unwrap_or(ContractKind::Works),
            price: price.unwrap_or(Yen::ZERO),
            contract_date,
            period_from: period_from.unwrap_or(NO_DAY),
            period_to: period_to.unwrap_or(NO_DAY),
            notice_date,
            award_date,
            bid_date,
            planned_notice_date,
            jv,
            multi_year,
        }
    }

    fn asked_date(&mut self, field: Field) -> Option<Date> {
        if self.kind.asks(field) {
            self.optional_date(field)
        } else {
            None
        }
    }

    fn jv(&mut self) -> Option<JointVenture> {
        let name = self.line(Field::JvName, NAME_MAX);
        let representative = self.line(Field::JvRepresentative, NAME_MAX);
        let (name, representative) = (name?, representative?);
        if name.is_empty() && !representative.is_empty() {
            self.fault(
                Field::JvName,
                "JVの代表者を入力したときは、JV名も入力してください。",
            );
        } else if !name.is_empty() && representative.is_empty() {
            self.fault(
                Field::JvRepresentative,
                "JV名を入力したときは、JVの代表者も入力してください（認証キーのお知らせに印刷します）。",
            );
        }
        let members = self.members(&representative);
        (!name.is_empty()).then_some(JointVenture {
            name,
            representative,
            members,
        })
    }

    /// 構成員 with their shares: none at all, or all of them with the representative, making 100 %.
    fn members(&mut self, representative: &str) -> Vec<JvMember> {
        let mut members = Vec::new();
        let before = self.faults.len();
        for (member, share) in Field::MEMBERS {
            let name = self.line(member, NAME_MAX).unwrap_or_default();
            let typed = self.form.get(share.id()).trim().to_owned();
            match (name.is_empty(), typed.is_empty()) {
                (true, true) => {}
                (true, false) => self.fault(
                    member,
                    &format!("{}の会社名を入力してください。", member.label()),
                ),
                (false, true) => self.fault(
                    share,
                    &format!("{name}の出資比率を、60 や 33.34 のように入力してください。"),
                ),
                (false, false) => match share::parse(&typed) {
                    Some(share) => members.push(JvMember { name, share }),
                    None => self.fault(
                        share,
                        &format!(
                            "{name}の出資比率は、60 や 33.34 のように、0より大きく100以下の数字（小数は2けたまで）で入力してください。"
                        ),
                    ),
                },
            }
        }
        if self.faults.len() > before {
            return members;
        }
        let sum: u32 = members.iter().map(|member| member.share).sum();
        if !members.is_empty() && sum != share::WHOLE {
            self.fault(
                Field::JvShare1,
                &format!(
                    "出資比率の合計を100%にしてください（いまは{}%です）。",
                    share::words(sum)
                ),
            );
        } else if !members.is_empty() && !members.iter().any(|member| member.name == representative)
        {
            self.fault(
                Field::JvMember1,
                "構成員に、JVの代表者と同じ会社名を入れてください。",
            );
        }
        members
    }

    /// 債務負担行為・継続費: the lines from the period's first fiscal year on.
    fn multi_year(&mut self, period_from: Option<Date>) -> Option<MultiYear> {
        let obligation = self.optional_choice(Field::Obligation, |code| match code {
            "none" => Some(None),
            code => Obligation::from_code(code).map(Some),
        })??;
        let first = period_from.map_or(0, era::fiscal_year);
        let mut years = Vec::new();
        for ((scheduled, ceiling), year) in Field::YEARS.into_iter().zip(first..) {
            let blank = |field: Field| self.form.get(field.id()).trim().is_empty();
            if blank(scheduled) && blank(ceiling) {
                continue;
            }
            years.push(YearAmount {
                year,
                scheduled: self.required_money(scheduled).unwrap_or(Yen::ZERO),
                ceiling: self.required_money(ceiling).unwrap_or(Yen::ZERO),
            });
        }
        Some(MultiYear { obligation, years })
    }
}
