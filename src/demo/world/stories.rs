//! What is already there on the first start, so that no screen is empty.

use time::{Date, macros::date};
use uuid::{Uuid, uuid};

use super::{contractor, officer};
use crate::app::App;
use crate::domain::application::ItemState;
use crate::domain::product::Product;
use crate::domain::typed::TypedForm;
use crate::error::AppError;
use crate::mail::Mailer;
use crate::services::applications::{self, Item, Sent, Status};
use crate::services::changes::{self, Naming};
use crate::services::drafts::{self, Saved};
use crate::services::grounds::Seen;
use crate::services::{ContractorUser, examination, sureties};
use crate::worker;

const ISSUED: Uuid = uuid!("01900000-0000-7000-8000-000000000001");
const RETURNED: Uuid = uuid!("01900000-0000-7000-8000-000000000002");
const DRAFT: Uuid = uuid!("01900000-0000-7000-8000-000000000003");
const YAMATO_ISSUED: Uuid = uuid!("01900000-0000-7000-8000-000000000004");
const YAMATO_WAITING: Uuid = uuid!("01900000-0000-7000-8000-000000000005");
const TAISETSU_ISSUED: Uuid = uuid!("01900000-0000-7000-8000-000000000006");
const YAMATO_PAYMENT: Uuid = uuid!("01900000-0000-7000-8000-000000000007");
const YAMATO_CHANGE: Uuid = uuid!("01900000-0000-7000-8000-000000000008");
const YAMATO_CHANGE_PAYMENT: Uuid = uuid!("01900000-0000-7000-8000-000000000009");

const RETURN_WORDS: &str = "工期の終わりが契約書と違うようです。ご確認ください。";

/// One works contract of the stories.
struct Works {
    obligee: &'static str,
    name: &'static str,
    price: &'static str,
    contract_date: &'static str,
    notice_date: &'static str,
    from: &'static str,
    to: &'static str,
    bank: &'static str,
}

/// Tells every story that is not told yet.
pub(super) async fn tell(app: &App, mailer: &Mailer) -> Result<(), AppError> {
    minato(app, mailer).await?;
    yamato(app, mailer).await?;
    taisetsu(app, mailer).await
}

async fn minato(app: &App, mailer: &Mailer) -> Result<(), AppError> {
    let soumu = contractor(app, "minato.soumu").await?;
    let keiri = contractor(app, "minato.keiri").await?;
    let road = Works {
        obligee: "みなと野市長",
        name: "市道12号線舗装修繕工事",
        price: "33,550,000",
        contract_date: "令和8年6月22日",
        notice_date: "",
        from: "令和8年6月23日",
        to: "令和9年2月26日",
        bank: "見本銀行　港町支店",
    };
    let mut form = form(app, &soumu, &road, "神奈川支店").await?;
    prepayment(
        &mut form,
        &road,
        "electronic",
        "13,400,000",
        "lump_sum",
        "本社　総務部",
    );
    contract(&mut form, "paper", "3,355,000", "lump_sum", "本社　総務部");
    if send(app, &soumu, ISSUED, &form).await? {
        issue(app, mailer, ISSUED, "kanagawa", YAMATO_PAYMENT).await?;
    }

    let pool = Works {
        name: "みなと野市民プール改修工事",
        price: "48,400,000",
        contract_date: "令和8年6月26日",
        from: "令和8年6月29日",
        to: "令和9年3月19日",
        ..road
    };
    let mut form = self::form(app, &soumu, &pool, "神奈川支店").await?;
    prepayment(
        &mut form,
        &pool,
        "electronic",
        "19,300,000",
        "lump_sum",
        "本社　総務部",
    );
    contract(
        &mut form,
        "electronic",
        "4,840,000",
        "lump_sum",
        "本社　総務部",
    );
    if send(app, &soumu, RETURNED, &form).await? {
        let clerk = officer(app, "kanagawa.clerk").await?;
        let line = applications::status(app, &soumu, RETURNED).await?;
        if line
            .items
            .iter()
            .all(|item| item.state == ItemState::Submitted)
        {
            let seen = seen(app, &clerk, RETURNED).await?;
            examination::take_up(app, &clerk, &seen).await?;
        }
        let seen = seen(app, &clerk, RETURNED).await?;
        examination::return_with(app, &clerk, &seen, RETURN_WORDS).await?;
        worker::drain(app, mailer).await?;
    }

    let sewer = Works {
        name: "港町三丁目汚水管布設工事",
        price: "86,900,000",
        contract_date: "",
        from: "",
        to: "",
        bank: "",
        ..road
    };
    let mut form = self::form(app, &keiri, &sewer, "神奈川支店").await?;
    prepayment(
        &mut form,
        &sewer,
        "electronic",
        "",
        "lump_sum",
        "本社　総務部",
    );
    if drafts::open(app, &keiri, DRAFT).await.is_err() {
        drafts::save(app, &keiri, DRAFT, None, &form).await?;
    }
    Ok(())
}

async fn yamato(app: &App, mailer: &Mailer) -> Result<(), AppError> {
    let soumu = contractor(app, "yamato.soumu").await?;
    let bridge = Works {
        obligee: "駒ヶ根市長",
        name: "見本橋橋梁補修工事",
        price: "27,500,000",
        contract_date: "令和8年6月15日",
        notice_date: "",
        from: "令和8年6月16日",
        to: "令和9年1月29日",
        bank: "見本信用金庫　本店",
    };
    let mut form = form(app, &soumu, &bridge, "長野支店").await?;
    prepayment(
        &mut form,
        &bridge,
        "electronic",
        "11,000,000",
        "transfer",
        "本社",
    );
    if send(app, &soumu, YAMATO_ISSUED, &form).await? {
        issue(app, mailer, YAMATO_ISSUED, "nagano", YAMATO_PAYMENT).await?;
    }
    change(app, mailer, &soumu).await?;
    let school = Works {
        name: "見本小学校屋内運動場外壁改修工事",
        price: "15,400,000",
        contract_date: "令和8年6月29日",
        from: "令和8年6月30日",
        to: "令和8年12月18日",
        ..bridge
    };
    let mut form = self::form(app, &soumu, &school, "長野支店").await?;
    prepayment(
        &mut form,
        &school,
        "electronic",
        "6,160,000",
        "transfer",
        "本社",
    );
    contract(&mut form, "paper", "1,540,000", "transfer", "本社");
    send(app, &soumu, YAMATO_WAITING, &form).await?;
    Ok(())
}

/// 変更ー1: the bridge's works grew, and last a month longer.
async fn change(app: &App, mailer: &Mailer, soumu: &ContractorUser) -> Result<(), AppError> {
    let status = applications::status(app, soumu, YAMATO_ISSUED).await?;
    let Some(number) = status.items.into_iter().find_map(|item| item.number) else {
        return Ok(());
    };
    let number = number.trim_end_matches(char::is_alphabetic);
    let id = YAMATO_CHANGE;
    let sent = match applications::status(app, soumu, id).await {
        Ok(status) => is_on_its_way(&status),
        Err(_) => {
            let open = changes::open(app, soumu, number).await?;
            let revision = open.kept.map(|kept| kept.revision);
            let mut form = open.form;
            for (name, value) in [
                ("changed_on", "令和8年6月29日"),
                ("change_reason", "設計変更（断面修復工の増）のため"),
                ("price", "30,800,000"),
                ("period_to", "令和9年2月26日"),
                ("prepayment_amount", "12,300,000"),
            ] {
                form.set(name, value);
            }
            let naming = Naming { id, revision };
            submit(
                app,
                soumu,
                id,
                changes::save(app, soumu, number, naming, &form).await?,
            )
            .await?
        }
    };
    if sent {
        issue(app, mailer, id, "nagano", YAMATO_CHANGE_PAYMENT).await?;
    }
    Ok(())
}

async fn taisetsu(app: &App, mailer: &Mailer) -> Result<(), AppError> {
    let soumu = contractor(app, "taisetsu.soumu").await?;
    let snow = Works {
        obligee: "北の町長",
        name: "町道中央線道路改良工事",
        price: "61,600,000",
        contract_date: "令和8年6月18日",
        notice_date: "令和8年5月11日",
        from: "令和8年6月19日",
        to: "令和8年11月30日",
        bank: "見本北銀行　本店",
    };
    let mut form = form(app, &soumu, &snow, "札幌支店").await?;
    prepayment(
        &mut form,
        &snow,
        "electronic",
        "24,640,000",
        "lump_sum",
        "本社",
    );
    if send(app, &soumu, TAISETSU_ISSUED, &form).await? {
        issue(app, mailer, TAISETSU_ISSUED, "sapporo", YAMATO_PAYMENT).await?;
    }
    Ok(())
}

/// The works and the information, as a person would type them.
async fn form(
    app: &App,
    who: &ContractorUser,
    works: &Works,
    branch: &str,
) -> Result<TypedForm, AppError> {
    let branches = sureties::branches(app, who).await?;
    let branch = branches
        .iter()
        .find(|known| known.name == branch)
        .ok_or(AppError::NotFound)?;
    Ok([
        ("obligee", works.obligee),
        ("works_name", works.name),
        ("kind", "works"),
        ("price", works.price),
        ("contract_date", works.contract_date),
        ("notice_date", works.notice_date),
        ("period_from", works.from),
        ("period_to", works.to),
        ("bid_method", "open"),
        ("branch", &branch.id.to_string()),
        ("handover", "post"),
        ("notify", "yes"),
        ("email", who.email()),
        ("department", "総務部"),
        ("person", who.name()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect())
}

fn prepayment(
    form: &mut TypedForm,
    works: &Works,
    dress: &str,
    amount: &str,
    fee: &str,
    bill: &str,
) {
    form.set("prepayment_on", "on");
    form.set("prepayment_form", dress);
    form.set("prepayment_amount", amount);
    form.set("bank", works.bank);
    form.set("redeposit", "no");
    form.set("prepayment_fee_method", fee);
    form.set("prepayment_bill_to", bill);
    form.set("prepayment_paper_statement", "no");
}

fn contract(form: &mut TypedForm, dress: &str, amount: &str, fee: &str, bill: &str) {
    form.set("contract_on", "on");
    form.set("contract_form", dress);
    form.set("contract_amount", amount);
    form.set("contract_fee_method", fee);
    form.set("contract_bill_to", bill);
    form.set("contract_paper_statement", "no");
}

/// Saves and sends. False once the branch has done its part: the story is told.
async fn send(
    app: &App,
    who: &ContractorUser,
    id: Uuid,
    form: &TypedForm,
) -> Result<bool, AppError> {
    if let Ok(status) = applications::status(app, who, id).await {
        return Ok(is_on_its_way(&status));
    }
    submit(app, who, id, drafts::save(app, who, id, None, form).await?).await
}

/// Sent before: is it still on its way to where the story wants it?
fn is_on_its_way(status: &Status) -> bool {
    let mut items = status.items.iter();
    items.any(|item| !item.state.is_final() && item.state != ItemState::Returned)
}

async fn submit(app: &App, who: &ContractorUser, id: Uuid, saved: Saved) -> Result<bool, AppError> {
    let revision = match saved {
        Saved::At { revision, .. } | Saved::Stale { revision, .. } => revision,
        Saved::Refused(_) | Saved::Closed => return Ok(true),
    };
    match applications::submit(app, who, id, revision).await? {
        Sent::Refused(checked) => {
            let problems: Vec<_> = checked
                .problems()
                .into_iter()
                .map(|problem| problem.sentence)
                .collect();
            Err(AppError::internal(format!(
                "a demo application was refused: {}",
                problems.join(" / ")
            )))
        }
        Sent::NoRecord => Err(AppError::internal("a demo application lacks its record")),
        Sent::Done { .. } | Sent::Already | Sent::Stale => Ok(true),
    }
}

/// Examined, approved and issued by the two people of a branch, each step only where it is due.
async fn issue(
    app: &App,
    mailer: &Mailer,
    id: Uuid,
    branch: &str,
    payment: Uuid,
) -> Result<(), AppError> {
    let clerk = officer(app, &format!("{branch}.clerk")).await?;
    let approver = officer(app, &format!("{branch}.approver")).await?;
    let case = crate::services::cases::case(app, &clerk, id).await?;
    if case
        .items
        .iter()
        .any(|item| item.state == ItemState::Submitted)
    {
        examination::take_up(app, &clerk, &case.seen).await?;
    }
    for item in &case.items {
        let product = item.product;
        if matches!(
            item.state,
            ItemState::Submitted | ItemState::UnderExamination
        ) {
            examination::pass_on(app, &clerk, &case.seen, &[product], "").await?;
        }
        if item.fee_due {
            pay(app, &clerk, &case.seen, item, payment).await?;
        }
        let state = state_of(app, &clerk, id, product).await?;
        if state == Some(ItemState::AwaitingApproval) {
            examination::approve(app, &approver, &case.seen, &[product]).await?;
        }
        examination::order(app, &approver, &case.seen, &[product]).await?;
        // One after the other, so that the numbers follow the products.
        worker::drain(app, mailer).await?;
    }
    Ok(())
}

async fn seen(app: &App, clerk: &crate::services::Officer, id: Uuid) -> Result<Seen, AppError> {
    let case = crate::services::cases::case(app, clerk, id).await?;
    Ok(case.seen.clone())
}

async fn state_of(
    app: &App,
    clerk: &crate::services::Officer,
    id: Uuid,
    product: Product,
) -> Result<Option<ItemState>, AppError> {
    let case = crate::services::cases::case(app, clerk, id).await?;
    Ok(case
        .items
        .iter()
        .find(|item| item.product == product)
        .map(|item| item.state))
}

/// Confirms what the product costs.
async fn pay(
    app: &App,
    clerk: &crate::services::Officer,
    seen: &Seen,
    item: &Item,
    payment: Uuid,
) -> Result<(), AppError> {
    const PAID_ON: Date = date!(2026 - 06 - 17);
    let amount = item.due.shortfall();
    let amount = amount.ok_or_else(|| AppError::internal("no fee table"))?;
    let product = item.product;
    examination::confirm_payment(app, clerk, seen, product, payment, amount, PAID_ON).await
}
