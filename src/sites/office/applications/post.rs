//! The deeds on an application: each reads its form, calls one verb and shows the case again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use uuid::Uuid;

use super::case::{self, Typed};
use crate::domain::era;
use crate::domain::money::Yen;
use crate::domain::product::Product;
use crate::domain::text::{self, TextFault};
use crate::error::AppError;
use crate::services::grounds::Seen;
use crate::services::{Officer, cases, examination};
use crate::web::answer::{self, PageResult};
use crate::web::flash;
use crate::web::form::{FormShape, RawForm, Submitted};
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::state::Web;
use crate::web::urls::office as to;

/// Longest words to a contractor, in characters.
const LONGEST: usize = 1_000;

/// The mark of what was on the screen.
#[derive(Debug)]
pub struct Mark(String);

impl FormShape for Mark {
    fn read(form: &RawForm) -> Self {
        Self(form.get("seen").to_owned())
    }
}

impl Mark {
    fn of(&self, id: Uuid) -> Seen {
        Seen::new(id, &self.0)
    }
}

/// The boxes ticked, as sent, and the memo that goes with 承認に回す.
#[derive(Debug)]
pub struct Chosen {
    codes: Vec<String>,
    memo: String,
    overrule: String,
    mark: Mark,
}

impl FormShape for Chosen {
    const REPEATED: &'static [&'static str] = &["product"];

    fn read(form: &RawForm) -> Self {
        Self {
            codes: form.all("product").map(str::to_owned).collect(),
            memo: form.get("memo").to_owned(),
            overrule: form.get("overrule").to_owned(),
            mark: Mark::read(form),
        }
    }
}

impl Chosen {
    /// Each product once; `NotFound` for what is none.
    fn products(&self) -> Result<Vec<Product>, AppError> {
        let mut products = Vec::new();
        for code in &self.codes {
            let product = Product::from_code(code).ok_or(AppError::NotFound)?;
            if !products.contains(&product) {
                products.push(product);
            }
        }
        products.sort();
        Ok(products)
    }
}

/// Back to the case, with a sentence.
fn done(web: &Web, id: Uuid, words: &str) -> Response {
    flash::see_other_telling(web, to::Case(id).to_string(), &Flash::ok(words))
}

/// The case again, with what is to be mended.
async fn mend(web: &Web, who: &Officer, id: Uuid, typed: Typed) -> PageResult {
    answer::unprocessable(&case::load(web, who, id, typed).await?)
}

/// Somebody was faster, or it is not this person's to do: the case as it stands now, and why.
async fn judge(web: &Web, who: &Officer, id: Uuid, typed: Typed, error: AppError) -> PageResult {
    let (status, refused) = match error {
        AppError::Conflict(words) => (
            StatusCode::CONFLICT,
            ("いまの状態では行えませんでした", words),
        ),
        AppError::Denied(words) => (
            StatusCode::FORBIDDEN,
            ("この操作は行えませんでした", words.to_owned()),
        ),
        other => return Err(other),
    };
    let typed = Typed {
        refused: Some(refused),
        ..typed
    };
    answer::page_with(status, &case::load(web, who, id, typed).await?)
}

/// Does one verb for all products chosen (each or none), and says so.
async fn each(web: &Web, who: &Officer, id: Uuid, chosen: Chosen, deed: Deed) -> PageResult {
    let products = chosen.products()?;
    let seen = chosen.mark.of(id);
    let memo = text::block(&chosen.memo, LONGEST);
    let overrule = overruling(web, who, id, &chosen.overrule, &products, deed).await?;
    let mut typed = Typed {
        chosen: Some((deed.field(), chosen.codes)),
        memo: chosen.memo,
        overrule: chosen.overrule,
        ..Typed::default()
    };
    if products.is_empty() {
        typed.faults.push((deed.field(), deed.choose()));
    }
    let overrule = match overrule {
        Ok(reason) => reason,
        Err(sentence) => {
            typed.faults.push(("overrule", sentence));
            return mend(web, who, id, typed).await;
        }
    };
    let memo = match memo {
        Ok(memo) if typed.faults.is_empty() => memo,
        other => {
            let fault = other.err().map(|fault| fault.sentence("申し送り"));
            typed.faults.extend(fault.map(|words| ("memo", words)));
            return mend(web, who, id, typed).await;
        }
    };
    let result = match deed {
        Deed::PassOn => examination::pass_on(web, who, &seen, &products, &memo).await,
        Deed::Approve => {
            examination::approve_overruling(web, who, &seen, &products, &overrule).await
        }
        Deed::TakeBack => examination::take_back(web, who, &seen, &products).await,
        Deed::Order => examination::order(web, who, &seen, &products).await,
    };
    if let Err(error) = result {
        let typed = Typed {
            chosen: None,
            ..typed
        };
        return judge(web, who, id, typed, none_done(&products, error)).await;
    }
    let words = format!("{}{}", labels(&products), deed.done());
    Ok(done(web, id, &words))
}

/// 支店の判断の理由 as typed; where a rule of the chosen products waits for it, it cannot be empty.
async fn overruling(
    web: &Web,
    who: &Officer,
    id: Uuid,
    typed: &str,
    products: &[Product],
    deed: Deed,
) -> Result<Result<String, String>, AppError> {
    let reason = match text::block(typed, LONGEST) {
        Ok(reason) => reason,
        Err(fault) => return Ok(Err(fault.sentence("支店の判断の理由"))),
    };
    if deed != Deed::Approve || !reason.is_empty() || !who.role().may_approve() {
        return Ok(Ok(reason));
    }
    let case = cases::case(web, who, id).await?;
    let waits = products
        .iter()
        .any(|product| !case.overrulable(*product).is_empty());
    Ok(if waits {
        Err("きまりから外れるところがあります。承認するときは、支店の判断の理由を入力してください（履歴に残ります）。".to_owned())
    } else {
        Ok(reason)
    })
}

fn labels(products: &[Product]) -> String {
    let labels: Vec<_> = products.iter().map(|product| product.label()).collect();
    labels.join("・")
}

/// Of several products one could not be done, and so none was: the answer says that, too.
fn none_done(products: &[Product], error: AppError) -> AppError {
    match error {
        AppError::Conflict(words) if products.len() > 1 => AppError::Conflict(format!(
            "{words}選んだ商品（{}）は、どれもまだ処理していません。",
            labels(products)
        )),
        other => other,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    PassOn,
    Approve,
    TakeBack,
    Order,
}

impl Deed {
    fn field(self) -> &'static str {
        match self {
            Self::PassOn => "choose-approval-request",
            Self::Approve => "choose-approval",
            Self::TakeBack => "choose-approval-withdrawal",
            Self::Order => "choose-issue",
        }
    }

    fn choose(self) -> String {
        let verb = match self {
            Self::PassOn => "承認に回す",
            Self::Approve => "承認する",
            Self::TakeBack => "承認を取り消す",
            Self::Order => "発行する",
        };
        format!("{verb}商品を、一つ以上選んでください。")
    }

    fn done(self) -> &'static str {
        match self {
            Self::PassOn => "を承認に回しました。",
            Self::Approve => "を承認しました。",
            Self::TakeBack => "の承認を取り消しました。",
            Self::Order => "の発行を指図しました。",
        }
    }
}

/// POST …/examination: 審査を開始する
pub async fn examination(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(mark): Submitted<Mark>,
) -> PageResult {
    match examination::take_up(&web, &who, &mark.of(id)).await {
        Ok(()) => Ok(done(&web, id, "審査を開始しました。")),
        Err(error) => judge(&web, &who, id, Typed::default(), error).await,
    }
}

/// POST …/approval-request: 承認に回す
pub async fn approval_request(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(chosen): Submitted<Chosen>,
) -> PageResult {
    each(&web, &who, id, chosen, Deed::PassOn).await
}

/// POST …/approval: 承認する
pub async fn approval(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(chosen): Submitted<Chosen>,
) -> PageResult {
    each(&web, &who, id, chosen, Deed::Approve).await
}

/// POST …/approval-withdrawal: 承認を取り消す
pub async fn approval_withdrawal(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(chosen): Submitted<Chosen>,
) -> PageResult {
    each(&web, &who, id, chosen, Deed::TakeBack).await
}

/// POST …/issue: 発行する
pub async fn issue(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(chosen): Submitted<Chosen>,
) -> PageResult {
    each(&web, &who, id, chosen, Deed::Order).await
}

/// Words for the contractor, as typed.
#[derive(Debug)]
pub struct Words {
    words: String,
    form_id: String,
    mark: Mark,
}

impl FormShape for Words {
    fn read(form: &RawForm) -> Self {
        let words = form.opt("words").or_else(|| form.opt("message"));
        Self {
            words: words.unwrap_or_default().to_owned(),
            form_id: form.get("form_id").to_owned(),
            mark: Mark::read(form),
        }
    }
}

impl Words {
    fn parse(&self) -> Result<String, TextFault> {
        text::block(&self.words, LONGEST).and_then(text::required)
    }
}

/// POST …/return: 差戻す
pub async fn give_back(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(form): Submitted<Words>,
) -> PageResult {
    let words = form.parse();
    let typed = Typed {
        words: form.words,
        ..Typed::default()
    };
    let words = match words {
        Ok(words) => words,
        Err(fault) => {
            let faults = vec![("words", fault.sentence("お客様への言葉"))];
            return mend(&web, &who, id, Typed { faults, ..typed }).await;
        }
    };
    match examination::return_with(&web, &who, &form.mark.of(id), &words).await {
        Ok(()) => Ok(done(&web, id, "お客様へ差し戻しました。")),
        Err(error) => judge(&web, &who, id, typed, error).await,
    }
}

/// POST …/message: お知らせを出す
pub async fn message(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(form): Submitted<Words>,
) -> PageResult {
    let words = form.parse();
    let form_id = Uuid::parse_str(&form.form_id);
    let mut typed = Typed {
        message: form.words,
        form_id: form.form_id,
        ..Typed::default()
    };
    let words = match words {
        Ok(words) => words,
        Err(fault) => {
            let faults = vec![("message", fault.sentence("お知らせの言葉"))];
            return mend(&web, &who, id, Typed { faults, ..typed }).await;
        }
    };
    let form_id = form_id.map_err(|_| AppError::NotFound)?;
    match examination::tell_contractor(&web, &who, &form.mark.of(id), form_id, &words).await {
        Ok(()) => Ok(done(&web, id, "お客様へのお知らせを出しました。")),
        Err(error) => {
            // What is shown now is another form.
            typed.form_id.clear();
            judge(&web, &who, id, typed, error).await
        }
    }
}

/// 謝絶
#[derive(Debug)]
pub struct Decline {
    chosen: Chosen,
    reason: String,
}

impl FormShape for Decline {
    const REPEATED: &'static [&'static str] = Chosen::REPEATED;

    fn read(form: &RawForm) -> Self {
        Self {
            chosen: Chosen::read(form),
            reason: form.get("reason").to_owned(),
        }
    }
}

/// POST …/decline: 謝絶する
pub async fn decline(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(form): Submitted<Decline>,
) -> PageResult {
    let products = form.chosen.products()?;
    let reason = text::block(&form.reason, LONGEST).and_then(text::required);
    let seen = form.chosen.mark.of(id);
    let typed = Typed {
        reason: form.reason,
        chosen: Some(("choose-decline", form.chosen.codes)),
        ..Typed::default()
    };
    let mut faults = Vec::new();
    if products.is_empty() {
        faults.push((
            "choose-decline",
            "謝絶する商品を、一つ以上選んでください。".to_owned(),
        ));
    }
    let reason = match reason {
        Ok(reason) if faults.is_empty() => reason,
        other => {
            faults.extend(other.err().map(|fault| ("reason", fault.sentence("理由"))));
            return mend(&web, &who, id, Typed { faults, ..typed }).await;
        }
    };
    if let Err(error) = examination::decline(&web, &who, &seen, &products, &reason).await {
        let typed = Typed {
            chosen: None,
            ..typed
        };
        return judge(&web, &who, id, typed, none_done(&products, error)).await;
    }
    Ok(done(
        &web,
        id,
        &format!("{}を謝絶しました。", labels(&products)),
    ))
}

/// 入金確認
#[derive(Debug)]
pub struct Payment {
    product: String,
    form_id: String,
    amount: String,
    paid_on: String,
    mark: Mark,
}

impl FormShape for Payment {
    fn read(form: &RawForm) -> Self {
        Self {
            product: form.get("product").to_owned(),
            form_id: form.get("form_id").to_owned(),
            amount: form.get("amount").to_owned(),
            paid_on: form.get("paid_on").to_owned(),
            mark: Mark::read(form),
        }
    }
}

/// POST …/payment: 入金確認
pub async fn payment(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<Uuid>,
    Submitted(form): Submitted<Payment>,
) -> PageResult {
    let form_id = Uuid::parse_str(&form.form_id).map_err(|_| AppError::NotFound)?;
    let product = Product::from_code(&form.product);
    let amount = Yen::parse(&form.amount);
    let paid_on = era::parse_date(&form.paid_on);
    let today = era::tokyo_date(web.clock.now());
    let mut faults = Vec::new();
    if product.is_none() {
        faults.push((
            "choose-payment",
            "どの商品の保証料か、選んでください。".to_owned(),
        ));
    }
    if let Err(fault) = &amount {
        faults.push(("amount", fault.sentence("入金の金額")));
    }
    match &paid_on {
        Err(fault) => faults.push(("paid_on", fault.sentence("入金の日"))),
        Ok(day) if *day > today => faults.push((
            "paid_on",
            format!(
                "入金の日は、今日（{}）までの日付にしてください。入金を確かめてから記録します。",
                era::plain(today)
            ),
        )),
        Ok(_) => {}
    }
    let seen = form.mark.of(id);
    let mut typed = Typed {
        amount: form.amount,
        paid_on: form.paid_on,
        form_id: form.form_id,
        chosen: Some(("choose-payment", vec![form.product])),
        ..Typed::default()
    };
    let (Some(product), Ok(amount), Ok(paid_on), true) =
        (product, amount, paid_on, faults.is_empty())
    else {
        return mend(&web, &who, id, Typed { faults, ..typed }).await;
    };
    let told =
        examination::confirm_payment(&web, &who, &seen, product, form_id, amount, paid_on).await;
    match told {
        Ok(()) => {
            let words = format!("{}の入金を確認しました。", product.label());
            Ok(done(&web, id, &words))
        }
        Err(error) => {
            // What is shown now is another form.
            typed.form_id.clear();
            judge(&web, &who, id, typed, error).await
        }
    }
}
