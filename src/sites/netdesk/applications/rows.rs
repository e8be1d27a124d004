//! The rows of the application form, with the leaflets' labels, ※ notes and 「?」 explanations.

use super::sheet::{Sheet, permille};
use super::typed;
use crate::domain::acceptance::Acceptance;
use crate::domain::content::{BidMethod, FeeMethod, Handover, PrepaymentPlan};
use crate::domain::era;
use crate::domain::field::Field;
use crate::domain::money::Yen;
use crate::domain::product::{CertificateForm, Product};
use crate::domain::works::ContractKind;
use crate::web::field::{Choice, FieldView, Ratio};
use crate::web::page::Tone;
use crate::web::urls::netdesk::OBLIGEES;

/// The id of the list of obligees to choose from.
pub const OBLIGEE_LIST: &str = "obligees";

const CHOOSE: &str = "選択してください";

impl Sheet<'_> {
    fn text(&self, field: Field) -> FieldView {
        FieldView::text(field.id(), field.label(), self.get(field)).error(self.error(field))
    }

    fn money(&self, field: Field) -> FieldView {
        let read = self
            .yen(field)
            .filter(|yen| yen.get() >= 10_000)
            .map_or_else(String::new, Yen::man);
        FieldView::money(field.id(), field.label(), self.get(field))
            .read(read)
            .error(self.error(field))
    }

    fn day(&self, field: Field) -> FieldView {
        let read = self.date(field).map_or_else(String::new, era::both);
        FieldView::date(field.id(), field.label(), self.get(field))
            .read(read)
            .error(self.error(field))
    }

    fn select(&self, field: Field, first: &str, rest: Vec<Choice>) -> FieldView {
        let mut choices = vec![Choice::new("", first)];
        choices.extend(rest);
        FieldView::select(field.id(), field.label(), self.get(field), choices)
            .error(self.error(field))
    }

    fn radios(&self, field: Field, choices: Vec<Choice>) -> FieldView {
        FieldView::radios(field.id(), field.label(), self.get(field), choices)
            .error(self.error(field))
    }

    /// 必須 while an empty field would be refused, else 任意.
    fn marked(&self, field: Field, row: FieldView) -> FieldView {
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
                .hint("契約書のとおりに入力してください。このまま証書に印刷します。"),
            self.radios(
                Field::Kind,
                ContractKind::ALL
                    .map(|kind| Choice::new(kind.code(), kind.label()))
                    .into(),
            )
            .required()
            .hint("業務委託は、設計・調査・測量です。"),
            self.money(Field::Price)
                .required()
                .hint("カンマや「円」「万円」、全角数字のままでも受け付けます。"),
            self.contract_date(),
            self.period(),
        ];
        let place = self.place();
        rows.extend(
            [Field::NoticeDate, Field::AwardDate]
                .into_iter()
                .filter(|field| place.asks(*field))
                .map(|field| self.deciding_day(field)),
        );
        rows.push(
            self.marked(Field::JvName, self.text(Field::JvName))
                .hint("共同企業体のときだけ入力します。"),
        );
        rows.push(
            self.marked(Field::JvRepresentative, self.text(Field::JvRepresentative))
                .width("in--m")
                .hint("認証キーのお知らせには、この名前を印刷します。"),
        );
        rows
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
        row.hint(if self.place().asks(field) {
            "この発注者は、請負契約日で電子保証の可否が決まります。"
        } else {
            "契約保証だけのお申し込みでは、決まっていなければ空欄で構いません。"
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
        FieldView::period("工期", (from.id(), self.get(from)), (to.id(), self.get(to)))
            .required()
            .read(read)
            .error(self.error(from))
            .error_until(self.error(to))
    }

    /// 公告日 or 落札決定日, where the obligee's rule asks for it.
    fn deciding_day(&self, field: Field) -> FieldView {
        let words = match field {
            Field::NoticeDate => {
                "この発注者は、公告日（指名競争入札では指名の日）で電子保証の可否が決まります。"
            }
            _ => "この発注者は、落札決定日で電子保証の可否が決まります。",
        };
        self.marked(field, self.day(field)).hint(words)
    }

    /// The certificate's form: two cards, with the live answer and the leaflet's note.
    pub fn certificate_form(&self, product: Product) -> FieldView {
        let field = Field::of(product).form_or_switch();
        let answer = self.acceptance(product);
        let refused = matches!(answer, Some(Acceptance::Refused { .. }));
        let choices = CertificateForm::ALL
            .map(|form| {
                let choice = Choice::new(form.code(), form.label());
                match form {
                    CertificateForm::Paper => {
                        choice.note("窓口または郵送で受け取り、原本を発注者へ提出します。")
                    }
                    CertificateForm::Electronic if refused => {
                        choice.barred("この発注者では、いまはお選びいただけません。")
                    }
                    CertificateForm::Electronic if product == Product::Contract => choice.note(
                        "証書は受け取らず、認証キーを発注者へ提出します。前払金保証とは別の認証キーです。",
                    ),
                    CertificateForm::Electronic => {
                        choice.note("証書は受け取らず、認証キーを発注者へ提出します。")
                    }
                }
            })
            .into();
        let mut row = FieldView::picks(field.id(), field.label(), self.get(field), choices)
            .required()
            .error(self.error(field))
            .hint("※電子保証を希望される場合は、発注者が電子保証に対応していることを確認してください。電子保証対応の発注者は")
            .hint_link(OBLIGEES, "こちら")
            .hint("です。")
            .help(
                "保証証書の形式",
                &[
                    "電子保証は発注者が対応している契約でご利用いただけます。前払金保証と契約保証で別々に選べます。",
                    "同じ保証契約の途中で形式を変えることはできません。変更の証書も、はじめに選んだ形式になります。",
                ],
            );
        row.says = answer.map(|answer| (tone(&answer), answer.sentence().to_owned()));
        row
    }

    /// The amount with its share.
    fn amount(&self, product: Product) -> FieldView {
        let field = typed::amount(product);
        let share = self
            .yen(field)
            .zip(self.base(product))
            .and_then(|(amount, base)| permille(amount, base));
        let row = self.money(field).required();
        match product {
            Product::Prepayment => {
                let high = self
                    .ceiling()
                    .zip(self.base(product))
                    .and_then(|(ceiling, base)| permille(ceiling, base))
                    .map(|share| share + 1);
                row.ratio(Ratio {
                    permille: share,
                    top: 60,
                    high: high.filter(|share| *share < 600),
                    limit: self.limit(product),
                    of: vec![Field::FyBase.id().into(), Field::Price.id().into()],
                })
                .hint("(請負金額もしくは今年度対象額に対する前払金保証金額の割合)")
                .help(
                    "前払金保証金額",
                    &[
                        "発注者へ請求する前払金の額です。割合は、今年度対象額（空欄のときは請負金額）に対するものです。",
                        "端数の扱いは発注者の定めによります。",
                    ],
                )
            }
            Product::Midterm | Product::Reservation => row,
            Product::Contract => row
                .ratio(Ratio {
                    permille: share,
                    top: 40,
                    high: None,
                    limit: self.limit(product),
                    of: vec![Field::Price.id().into()],
                })
                .hint("(請負金額に対する契約保証金額の割合)")
                .help(
                    "契約保証金額",
                    &["請負金額の10分の1以上（発注者が別に定めるときはその額）を入力します。"],
                ),
        }
    }

    /// How the fee is paid, where its bill goes, and whether on paper too.
    fn fee(&self, product: Product) -> [FieldView; 3] {
        let fields = Field::of(product);
        let (method, bill_to) = (fields.fee_method, fields.bill_to);
        let statement = fields.paper_statement;
        let methods = FeeMethod::ALL
            .into_iter()
            .map(|method| Choice::new(method.code(), method.label()))
            .collect();
        let places = self
            .offer
            .billing_places
            .iter()
            .map(|place| Choice::new(place, place))
            .collect();
        let mut paid = self.select(method, CHOOSE, methods).required();
        if !self.offer.lump_sum {
            paid = paid.hint("一括納付は、一括納付の契約を結んだお客様にお選びいただけます。");
        }
        [
            paid,
            self.select(bill_to, CHOOSE, places)
                .required()
                .help("保証料請求先", &["保証料の請求書をお送りする宛先です。"]),
            self.radios(statement, wanted()).required().hint(
                "※保証料計算書は弊社手続き完了後、保証料計算書一覧メニューからご確認いただけます。",
            ),
        ]
    }

    /// The block of one product.
    pub fn product(&self, product: Product) -> Vec<FieldView> {
        let mut rows = vec![self.certificate_form(product)];
        if product == Product::Prepayment {
            rows.push(
                self.money(Field::FyBase)
                    .optional()
                    .hint("(出来高予定額または支払限度額)")
                    .help(
                        "今年度対象額",
                        &["複数年度にまたがる契約の場合に、今年度の出来高予定額または支払限度額を入力します。単年度の契約では空欄にします。"],
                    ),
            );
        }
        rows.push(self.amount(product));
        if product == Product::Prepayment {
            rows.push(
                self.text(Field::Bank)
                    .required()
                    .width("in--m")
                    .hint("例：○○銀行　××支店")
                    .help(
                        "預託金融機関",
                        &["前払金を受け取る専用口座のある金融機関名と支店名を入力します。半角で入力しても、証書には全角で印刷します。"],
                    ),
            );
            let redeposit = vec![
                Choice::new("no", "再預託を利用しない"),
                Choice::new("yes", "再預託を利用する"),
            ];
            rows.push(self.radios(Field::Redeposit, redeposit).required());
        }
        rows.extend(self.fee(product));
        rows
    }

    /// 入札の状況
    pub fn bid(&self) -> Vec<FieldView> {
        let methods = BidMethod::ALL
            .map(|method| Choice::new(method.code(), method.label()))
            .into();
        let mut rows = vec![
            self.select(Field::BidMethod, "選択しない", methods)
                .optional(),
        ];
        if !self.place().asks(Field::AwardDate) {
            rows.push(self.marked(Field::AwardDate, self.day(Field::AwardDate)));
        }
        rows.push(self.money(Field::PlannedPrice).optional());
        let ticked = |field: Field, label: &str, words: &str| {
            FieldView::tick(field.id(), label, self.form.checked(field.id()), words)
                .optional()
                .error(self.error(field))
        };
        rows.push(ticked(
            Field::LowPrice,
            Field::LowPrice.label(),
            "対象である",
        ));
        rows.push(ticked(Field::Midterm, "中間前払金", Field::Midterm.label()));
        let plans = PrepaymentPlan::ALL
            .map(|plan| Choice::new(plan.code(), plan.label()))
            .into();
        rows.push(
            self.marked(
                Field::PrepaymentPlan,
                self.radios(Field::PrepaymentPlan, plans),
            )
            .hint("契約保証だけを申し込むときに選びます。"),
        );
        rows.extend(self.distinctions());
        rows
    }

    /// 公告日 while no rule asks for it.
    pub fn notice_aside(&self) -> Option<FieldView> {
        (!self.place().asks(Field::NoticeDate)).then(|| {
            self.marked(Field::NoticeDate, self.day(Field::NoticeDate))
                .hint("指名競争入札では、指名の日を入力します。")
        })
    }

    /// 申込送信先、保証証書受取
    pub fn sending(&self) -> Vec<FieldView> {
        let branches = self
            .offer
            .branches
            .iter()
            .map(|branch| Choice::new(branch.id.to_string(), &branch.name))
            .collect();
        let handover = Handover::ALL
            .map(|handover| Choice::new(handover.code(), handover.label()))
            .into();
        let email = self
            .text(Field::Email)
            .width("in--m")
            .autocomplete("email")
            .input_mode("email")
            .code()
            .help(
                Field::Email.label(),
                &["発行完了のお知らせをお送りします。認証キーはメールに記載しません。"],
            )
            .hint("「希望する」ときに必要です。");
        vec![
            self.select(Field::Branch, CHOOSE, branches).required(),
            self.marked(Field::Handover, self.radios(Field::Handover, handover))
                .hint("証書(紙)を選んだ保証があるときに選びます。"),
            self.radios(Field::Notify, wanted())
                .required()
                .hint("※「希望する」場合、弊社手続き完了後にメールを送信します。"),
            self.marked(Field::Email, email),
        ]
    }

    /// 連絡先
    pub fn contact(&self) -> Vec<FieldView> {
        vec![
            self.text(Field::Department).optional().width("in--m").help(
                Field::Department.label(),
                &["証書や内容についてお尋ねするときの連絡先です。"],
            ),
            self.text(Field::Post).optional().width("in--m"),
            self.text(Field::Person).optional().width("in--m"),
            self.text(Field::Tel)
                .optional()
                .width("in--date num")
                .autocomplete("tel")
                .input_mode("tel"),
        ]
    }

    /// お客様から弊社への連絡事項
    pub fn message(&self) -> FieldView {
        let field = Field::Message;
        FieldView::area(field.id(), field.label(), self.get(field), 3)
            .optional()
            .error(self.error(field))
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

fn wanted() -> Vec<Choice> {
    vec![
        Choice::new("yes", "希望する"),
        Choice::new("no", "希望しない"),
    ]
}
