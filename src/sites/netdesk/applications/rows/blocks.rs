//! The rows of each product's block.

use super::super::sheet::{Sheet, permille};
use super::super::typed;
use super::{CHOOSE, PREPAYMENT_LIST, tone, wanted};
use crate::domain::acceptance::Acceptance;
use crate::domain::content::FeeMethod;
use crate::domain::field::Field;
use crate::domain::product::{CertificateForm, Product};
use crate::web::field::{Choice, FieldView, Ratio};
use crate::web::urls::netdesk::OBLIGEES;

impl Sheet<'_> {
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
                    CertificateForm::Electronic if product != Product::Prepayment => choice.note(
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
        row.says = answer.map(|answer| (tone(&answer), answer.sentence()));
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
        let row = row.ratio(Ratio {
            permille: share,
            top: match product {
                Product::Prepayment => 60,
                Product::Midterm => 30,
                Product::Contract | Product::Reservation => 40,
            },
            high: self.high(product),
            limit: self.limit(product),
            of: self
                .base_fields(product)
                .into_iter()
                .map(|field| field.id().into())
                .collect(),
        });
        match product {
            Product::Prepayment => row
                .hint("(請負金額もしくは今年度対象額に対する前払金保証金額の割合)")
                .help(
                    "前払金保証金額",
                    &[
                        "発注者へ請求する前払金の額です。割合は、今年度対象額（空欄のときは請負金額）に対するものです。",
                        "端数の扱いは発注者の定めによります。",
                    ],
                ),
            Product::Midterm => row
                .hint("(請負金額もしくは今年度対象額に対する中間前払金保証金額の割合)")
                .help(
                    "中間前払金保証金額",
                    &[
                        "発注者へ請求する中間前払金の額です。受け取った前払金と合わせて、請負金額（複数年度の契約では今年度対象額）の10分の6までです。",
                        "端数の扱いは発注者の定めによります。",
                    ],
                ),
            Product::Contract => row
                .hint("(請負金額に対する契約保証金額の割合)")
                .help(
                    "契約保証金額",
                    &["請負金額の10分の1以上（発注者が別に定めるときはその額）を入力します。"],
                ),
            Product::Reservation => row
                .hint("(予定請負金額に対する割合)")
                .help(
                    "予約金額",
                    &[
                        "落札したときに契約保証を申し込む金額です。請負金額の10分の1以上（発注者が別に定めるときはその額）が目安です。",
                        "落札した金額に合わせて、契約保証のお申し込みのときに直せます。",
                    ],
                ),
        }
    }

    /// From where on the bar is shown as over the limit, in tenths of a per cent.
    fn high(&self, product: Product) -> Option<u32> {
        let base = self.base(product)?;
        let (ceiling, end) = match product {
            Product::Prepayment => (self.ceiling()?, 600),
            Product::Midterm => (crate::domain::midterm::RATE.floor_of(base), 300),
            Product::Contract | Product::Reservation => return None,
        };
        let share = permille(ceiling, base)? + 1;
        (share < end).then_some(share)
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
        if product == Product::Reservation {
            return [
                paid,
                self.select(bill_to, CHOOSE, places).required().help(
                    "予約手数料請求先",
                    &["予約手数料の請求書をお送りする宛先です。"],
                ),
                self.radios(statement, wanted())
                    .required()
                    .hint("※予約手数料には消費税がかかります。"),
            ];
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
        let mut rows = Vec::new();
        if product != Product::Reservation {
            rows.push(self.certificate_form(product));
        }
        if product == Product::Midterm {
            rows.extend(self.foundation());
        }
        match product {
            Product::Prepayment => rows.push(self.fy_base(Field::FyBase)),
            Product::Midterm => rows.push(self.fy_base(Field::MidtermFyBase)),
            Product::Contract | Product::Reservation => {}
        }
        rows.push(self.amount(product));
        match product {
            Product::Prepayment => rows.extend(self.account(Field::Bank, Field::Redeposit)),
            Product::Midterm => {
                rows.extend(self.account(Field::MidtermBank, Field::MidtermRedeposit));
            }
            Product::Reservation => rows.push(self.prepayment_plan().hint(
                "契約保証予約は、前払金保証をご利用になる予定の工事でお申し込みいただけます。",
            )),
            Product::Contract => {}
        }
        rows.extend(self.fee(product));
        if product == Product::Midterm {
            // Explained one block above.
            let same = [
                Field::MidtermForm,
                Field::MidtermFyBase,
                Field::MidtermBank,
                Field::MidtermBillTo,
            ];
            for row in &mut rows {
                if same.iter().any(|field| field.id() == row.name) {
                    row.help = None;
                }
            }
        }
        rows
    }

    /// What a midterm prepayment stands on: the prepayment, the obligee's 認定, the four conditions.
    fn foundation(&self) -> Vec<FieldView> {
        let mut approved = self
            .day(Field::MidtermApprovedOn)
            .required()
            .hint("認定調書の日付です。認定調書（PDF）は、つぎの申込確認の画面で添付します。")
            .help(
                "認定日",
                &[
                    "発注者が、中間前払金の条件を満たしていると認めた日です。",
                    "工期（複数年度の契約では今年度の工期）の2分の1を過ぎた日から請求できます。",
                ],
            );
        approved.says = self.midterm_answer();
        let mut rows = vec![
            self.text(Field::MidtermBuildsOn)
                .required()
                .width("in--no num")
                .suggestions(PREPAYMENT_LIST)
                .code()
                .hint("弊社が発行した前払金保証の番号です。一覧から選ぶか、そのまま入力してください。")
                .help(
                    "前払金保証の保証契約番号",
                    &["中間前払金保証は、同じ工事の前払金保証があるときにお申し込みいただけます。番号は保証契約一覧で確かめられます。"],
                ),
            self.money(Field::MidtermPrepaid)
                .required()
                .hint("この工事で（複数年度の契約では今年度に）発注者から受け取った前払金の額です。"),
            approved,
        ];
        let conditions = [
            ("条件1", Field::MidtermConditionPrepaid),
            ("条件2", Field::MidtermConditionHalfOver),
            ("条件3", Field::MidtermConditionOnSchedule),
            ("条件4", Field::MidtermConditionHalfDone),
        ];
        rows.extend(conditions.map(|(label, field)| {
            let ticked = self.form.checked(field.id());
            FieldView::tick(field.id(), label, ticked, field.label())
                .required()
                .error(self.error(field))
        }));
        rows
    }

    fn fy_base(&self, field: Field) -> FieldView {
        self.money(field)
            .optional()
            .hint("(出来高予定額または支払限度額)")
            .help(
                "今年度対象額",
                &[
                    "複数年度にまたがる契約の場合に、今年度の出来高予定額または支払限度額を入力します。単年度の契約では空欄にします。",
                    "空欄のときは、年度ごとの欄の今年度の出来高予定額で割合を表示します。",
                ],
            )
    }

    fn account(&self, bank: Field, redeposit: Field) -> [FieldView; 2] {
        let ways = vec![
            Choice::new("no", "再預託を利用しない"),
            Choice::new("yes", "再預託を利用する"),
        ];
        [
            self.text(bank)
                .required()
                .width("in--m")
                .hint("例：○○銀行　××支店")
                .help(
                    "預託金融機関",
                    &["前払金を受け取る専用口座のある金融機関名と支店名を入力します。半角で入力しても、証書には全角で印刷します。"],
                ),
            self.radios(redeposit, ways).required(),
        ]
    }
}
