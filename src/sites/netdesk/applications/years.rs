//! What follows from the period and the amounts per fiscal year, while they are being typed:
//! this year's base, 保証期限, the first day and the ceiling of 中間前払金.

use time::Date;

use super::sheet::{Sheet, permille};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::midterm;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::works::{ContractKind, MultiYear, Obligation, WorksContract, year_words};
use crate::web::page::Tone;

/// The two cells of one fiscal year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearLine {
    /// The calendar year it begins in; `None` while the period is not known.
    pub year: Option<i32>,
    pub scheduled: Field,
    pub ceiling: Field,
    /// The period does not reach it, and nothing is typed there.
    pub spare: bool,
}

impl Sheet<'_> {
    pub fn obligation(&self) -> Option<Obligation> {
        Obligation::from_code(self.get(Field::Obligation))
    }

    fn days(&self) -> Option<(Date, Date)> {
        let (from, to) = (self.date(Field::PeriodFrom)?, self.date(Field::PeriodTo)?);
        (from <= to).then_some((from, to))
    }

    /// The lines of the table, always five; what the period does not reach is spare.
    pub fn year_lines(&self) -> Vec<YearLine> {
        let first = self.date(Field::PeriodFrom).map(era::fiscal_year);
        let last = self.days().map(|(_, to)| era::fiscal_year(to));
        Field::YEARS
            .into_iter()
            .zip(0..)
            .map(|((scheduled, ceiling), index)| {
                let year = first.map(|first| first + index);
                let typed = |field: Field| !self.get(field).trim().is_empty();
                let wrong = |field: Field| self.error(field).is_some();
                let used = [scheduled, ceiling]
                    .into_iter()
                    .any(|field| typed(field) || wrong(field));
                YearLine {
                    year,
                    scheduled,
                    ceiling,
                    spare: !used
                        && index > 0
                        && year.zip(last).is_some_and(|(own, last)| own > last),
                }
            })
            .collect()
    }

    /// 今年度's line, where the contract reaches over several years.
    pub fn this_year(&self) -> Option<YearLine> {
        self.obligation()?;
        let (from, to) = self.days()?;
        let (first, last) = (era::fiscal_year(from), era::fiscal_year(to));
        let year = era::fiscal_year(self.today).clamp(first, last);
        self.year_lines()
            .into_iter()
            .find(|line| line.year == Some(year))
    }

    /// 今年度対象額 of a product: what was typed for it, else this year's 出来高予定額.
    pub fn year_base(&self, product: Product) -> Option<Yen> {
        let own = match product {
            Product::Prepayment => Field::FyBase,
            Product::Midterm => Field::MidtermFyBase,
            Product::Contract | Product::Reservation => return None,
        };
        self.yen(own)
            .or_else(|| self.yen(self.this_year()?.scheduled))
    }

    fn sum(&self, fields: impl Iterator<Item = Field>) -> Option<Yen> {
        let mut amounts = fields.filter_map(|field| self.yen(field)).peekable();
        amounts.peek()?;
        amounts.try_fold(Yen::ZERO, Yen::checked_add)
    }

    /// What the table says: its sums, this year's amounts, the ratio, 保証期限.
    pub fn years_answer(&self) -> Option<(Tone, String)> {
        self.obligation()?;
        let Some((from, to)) = self.days() else {
            let words = "工期を入力すると、年度ごとの欄に年度を表示します。";
            return Some((Tone::Note, words.to_owned()));
        };
        let mut words = Vec::new();
        let mut tone = Tone::Note;
        let sums = [
            (
                "出来高予定額",
                self.sum(Field::YEARS.into_iter().map(|(it, _)| it)),
            ),
            (
                "支払限度額",
                self.sum(Field::YEARS.into_iter().map(|(_, it)| it)),
            ),
        ];
        let price = self.yen(Field::Price);
        for (label, sum) in sums {
            let Some(sum) = sum else { continue };
            let beside = match price {
                Some(price) if sum == price => "（請負金額と同じです）".to_owned(),
                Some(price) => {
                    tone = Tone::Warn;
                    let (more, less, word) = if sum > price {
                        (sum, price, "多く")
                    } else {
                        (price, sum, "少なく")
                    };
                    let gap = more.checked_sub(less).unwrap_or(Yen::ZERO);
                    format!("（請負金額より{gap}円{word}なっています）")
                }
                None => String::new(),
            };
            words.push(format!("{label}の合計は{sum}円{beside}。"));
        }
        words.extend(self.this_year_words());
        let works = bare_works(self, from, to);
        words.push(format!(
            "今年度の前払金保証・中間前払金保証の保証期限は{}、契約保証の保証期限は{}です。",
            era::plain(works.advance_until(self.today)),
            era::plain(to)
        ));
        Some((tone, words.join("\n")))
    }

    fn this_year_words(&self) -> Option<String> {
        let line = self.this_year()?;
        let year = year_words(line.year?);
        let amounts: Vec<_> = [
            ("出来高予定額", line.scheduled),
            ("支払限度額", line.ceiling),
        ]
        .into_iter()
        .filter_map(|(label, field)| Some(format!("{label}{}円", self.yen(field)?)))
        .collect();
        if amounts.is_empty() {
            return None;
        }
        let ratio = self
            .yen(Field::PrepaymentAmount)
            .filter(|_| self.on(Product::Prepayment))
            .zip(self.base(Product::Prepayment))
            .and_then(|(amount, base)| permille(amount, base).map(|share| (base, share)))
            .map_or_else(String::new, |(base, share)| {
                format!(
                    "\n前払金保証金額は、今年度対象額{base}円の{}.{}%です。",
                    share / 10,
                    share % 10
                )
            });
        Some(format!(
            "今年度（{year}）は、{}です。{ratio}",
            amounts.join("・")
        ))
    }

    /// The first day on which 中間前払金 can be had, beside 認定日.
    pub fn midterm_answer(&self) -> Option<(Tone, String)> {
        let (from, to) = self.days()?;
        let works = bare_works(self, from, to);
        let (begins, ends) = midterm::working_period(&works, self.today);
        let days = era::days_inclusive(begins, ends);
        let over = if works.multi_year.is_some() {
            "今年度の工期"
        } else {
            "工期"
        };
        let Some(first) = midterm::first_day(begins, ends) else {
            let words = format!(
                "{over}が{days}日間のため、2分の1を過ぎた日がありません。中間前払金保証はご利用いただけません。"
            );
            return Some((Tone::Warn, words));
        };
        let half = days - days / 2;
        let (tone, judged) = match self.date(Field::MidtermApprovedOn) {
            Some(day) if day < first => (
                Tone::Warn,
                "認定日がこれより前です。日付をお確かめください。",
            ),
            Some(_) => (Tone::Ok, ""),
            None => (Tone::Note, ""),
        };
        let words = format!(
            "中間前払金を請求できる最初の日は、{}です（{over}{days}日のうち{half}日が過ぎた翌日）。{judged}",
            era::both(first)
        );
        Some((tone, words))
    }

    /// 「目安 12,000,000円（10分の2、前払金と合わせて10分の6まで）」
    pub(super) fn midterm_limit(&self) -> Option<String> {
        let base = self.base(Product::Midterm)?;
        let prepaid = self.yen(Field::MidtermPrepaid).unwrap_or(Yen::ZERO);
        let ceiling = midterm::ceiling(base, prepaid);
        if ceiling == Yen::ZERO {
            return Some(
                "受け取った前払金で10分の6に達しているため、ご利用いただけません".to_owned(),
            );
        }
        Some(format!(
            "目安 {ceiling}円（{}、前払金と合わせて{}まで）",
            midterm::RATE.words(),
            midterm::TOGETHER.words()
        ))
    }

    /// How many members of a joint venture there are, and what their shares make.
    pub fn members_answer(&self) -> Option<(Tone, String)> {
        let mut names = 0;
        let mut sum = 0;
        for (member, share) in Field::MEMBERS {
            if !self.get(member).trim().is_empty() {
                names += 1;
            }
            sum += crate::domain::entry::share(self.get(share)).unwrap_or(0);
        }
        if names == 0 {
            return None;
        }
        let whole = sum == 10_000;
        let words = format!(
            "構成員は{names}社、出資比率の合計は{}%です。{}",
            crate::domain::entry::share_words(sum),
            if whole {
                ""
            } else {
                "合計を100%にしてください。"
            }
        );
        Some((if whole { Tone::Ok } else { Tone::Note }, words))
    }
}

/// The contract as far as dates and years are concerned.
fn bare_works(sheet: &Sheet<'_>, period_from: Date, period_to: Date) -> WorksContract {
    WorksContract {
        obligee_id: None,
        obligee_name: String::new(),
        works_name: String::new(),
        kind: sheet.works_kind().unwrap_or(ContractKind::Works),
        price: Yen::ZERO,
        contract_date: None,
        period_from,
        period_to,
        notice_date: None,
        award_date: None,
        bid_date: None,
        planned_notice_date: None,
        jv: None,
        multi_year: sheet.obligation().map(|obligation| MultiYear {
            obligation,
            years: Vec::new(),
        }),
    }
}
