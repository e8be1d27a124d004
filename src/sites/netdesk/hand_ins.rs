//! 提出の手順: for each electronic guarantee of the works where its key goes, with which words, when;
//! and that it went.

use askama::Template;
use axum::extract::State;
use zeroize::Zeroizing;

use super::frame;
use super::guarantee::handing::{self, HandInBox};
use super::guarantee::number_of;
use crate::domain::era;
use crate::domain::product::CertificateForm;
use crate::domain::rulebook::Channel;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::guarantees::{self, Detail, KeyUse};
use crate::services::hand_ins;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{Told, see_other_telling};
use crate::web::form::RawForm;
use crate::web::page::{Flash, HelpLink};
use crate::web::path::Named;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk as to;

const DAY: &str = "提出した日";
const FIELD: &str = "handed_on";

#[derive(Template)]
#[template(path = "netdesk/hand_ins/page.html")]
struct Page {
    shell: NetdeskShell,
    number: String,
    /// 保証契約の詳細
    detail: String,
    works: String,
    obligee: String,
    recipes: Vec<Recipe>,
}

/// How one key is handed in.
struct Recipe {
    number: String,
    product: &'static str,
    place: HandInBox,
    /// In groups of four, as it is read out.
    key: Zeroizing<String>,
    /// As it is copied.
    plain_key: Zeroizing<String>,
    subject: String,
    body: String,
    attachments: Vec<&'static str>,
    phone: bool,
    /// Opens a mail; never with the key in it.
    mailto: Option<String>,
    notice: String,
    /// When and by whom it was handed in.
    done: Option<String>,
    address: String,
    day: FieldView,
}

/// GET 提出の手順
///
/// # Errors
/// `NotFound` for other people's numbers, for paper and reservations.
pub async fn page(
    State(web): State<Web>,
    who: ContractorUser,
    Named(typed): Named<String>,
    Told(told): Told,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let page = build(&web, &who, number.digits(), None).await?;
    answer::page(&Page {
        shell: page.shell.flash(told),
        ..page
    })
}

/// POST 提出しました
///
/// # Errors
/// As [`hand_ins::note`].
pub async fn note(
    State(web): State<Web>,
    who: ContractorUser,
    Named(typed): Named<String>,
    form: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    // One form a key: their fields differ in their ends, so that each has an id of its own.
    let mut fields = form.iter();
    let day = fields.find(|(name, _)| name.starts_with(FIELD));
    let day = day.map_or("", |(_, typed)| typed);
    let fault = match era::parse_date(day) {
        Err(fault) => fault.sentence(DAY),
        Ok(on) => match hand_ins::note(&web, &who, number.digits(), on).await {
            Ok(Ok(())) => {
                let own = guarantees::find(&web, &who, number.digits()).await?;
                let own = own.ok_or(AppError::NotFound)?;
                let words = "提出を記録しました。発注者が証書を開くと、保証の詳細に日時が出ます。";
                let to = to::Guarantee(&own.number).hand_in();
                return Ok(see_other_telling(&web, to, &Flash::ok(words)));
            }
            Ok(Err(fault)) => fault.sentence(DAY),
            Err(error) => return Err(error),
        },
    };
    let wrong = (day.to_owned(), fault);
    let mut page = build(&web, &who, number.digits(), Some(wrong)).await?;
    let summary = ErrorSummary::of(page.recipes.iter().map(|recipe| &recipe.day));
    page.shell = page.shell.errors(summary);
    answer::unprocessable(&page)
}

/// The page of a guarantee and of the others of its works; `wrong` is what was typed for it and why
/// that was not taken.
async fn build(
    web: &Web,
    who: &ContractorUser,
    digits: &str,
    mut wrong: Option<(String, String)>,
) -> Result<Page, AppError> {
    let first = guarantees::detail(web, who, digits).await?;
    if !keyed(&first) {
        return Err(AppError::NotFound);
    }
    let mut others = Vec::new();
    for sibling in &first.siblings {
        let number = number_of(who, &sibling.number)?;
        let detail = guarantees::detail(web, who, number.digits()).await?;
        if keyed(&detail) && detail.guarantee.terminated_on.is_none() {
            others.push(detail);
        }
    }
    let help = HelpLink::netdesk("guarantees", "保証契約一覧のヘルプ");
    let shell = frame::shell_at(web, who, Menu::Guarantees, help, &first.branch);
    let mut page = Page {
        shell,
        number: first.guarantee.number.clone(),
        detail: to::Guarantee(&first.guarantee.number).to_string(),
        works: first.guarantee.works_name.clone(),
        obligee: first.guarantee.obligee_name.clone(),
        recipes: Vec::new(),
    };
    for (at, detail) in std::iter::once(&first).chain(&others).enumerate() {
        page.recipes
            .push(recipe(web, who, detail, at, wrong.take()).await?);
    }
    Ok(page)
}

fn keyed(detail: &Detail) -> bool {
    detail.guarantee.form == CertificateForm::Electronic
}

async fn recipe(
    web: &Web,
    who: &ContractorUser,
    detail: &Detail,
    at: usize,
    wrong: Option<(String, String)>,
) -> Result<Recipe, AppError> {
    let guarantee = &detail.guarantee;
    let number = number_of(who, &guarantee.number)?;
    let key = guarantees::key(web, who, number.digits(), KeyUse::Page).await?;
    let place = handing::hand_in_box(detail);
    let product = guarantee.product.label();
    let subject = place
        .subject
        .clone()
        .unwrap_or_else(|| format!("【電子保証】{}（{product}）", guarantee.works_name));
    let body = body(guarantee, product, who.company());
    let wanted = detail.hand_in.as_ref();
    let by_mail = wanted.is_none_or(|it| it.channel.is_none_or(|way| way == Channel::Mail));
    let mailto = place
        .address
        .as_deref()
        .filter(|address| by_mail && address.contains('@'))
        .map(|address| mailto(address, &subject, &body));
    let mut attachments = vec!["電子保証にかかる「認証キー」のお知らせ（PDF）"];
    if wanted.is_some_and(|it| it.with_claim) {
        attachments.push("請求書などの書類");
    }
    let today = era::plain(era::tokyo_date(web.clock.now()));
    let (typed, fault) = wrong.map_or((today, None), |(typed, fault)| (typed, Some(fault)));
    let name = if at == 0 {
        FIELD.to_owned()
    } else {
        format!("{FIELD}_{at}")
    };
    let done = hand_ins::newest(&detail.history).map(|entry| {
        format!(
            "{}（{} {}が記録）",
            entry.words,
            era::stamp(entry.at),
            entry.who
        )
    });
    let address = to::Guarantee(&guarantee.number);
    Ok(Recipe {
        product,
        place,
        key: Zeroizing::new(key.groups().join(" ")),
        plain_key: Zeroizing::new(key.expose().to_owned()),
        mailto,
        subject,
        body,
        attachments,
        phone: wanted.is_some_and(|it| it.phone),
        notice: to::KeyNotice(&guarantee.number).to_string(),
        done,
        address: address.hand_in(),
        day: FieldView::date(&name, DAY, &typed)
            .required()
            .stacked()
            .error(fault),
        number: guarantee.number.clone(),
    })
}

/// The words of the mail. The key is in the attached notice only.
fn body(guarantee: &guarantees::Guarantee, product: &str, company: &str) -> String {
    let contractor = guarantee.jv_name.as_deref().unwrap_or(company);
    format!(
        "{} 様\n\n{contractor}です。\n下記の工事の電子保証（{product}）について、「認証キー」のお知らせ（PDF）を添付して提出します。\nD-Sure で保証の内容をご確認ください。\n\n工事名：{}\n商品（保証区分）：{product}\n保証契約番号：{}\n",
        guarantee.obligee_name, guarantee.works_name, guarantee.number
    )
}

fn mailto(address: &str, subject: &str, body: &str) -> String {
    let body = body.replace('\n', "\r\n");
    let fields = [("subject", subject), ("body", body.as_str())];
    let query = serde_urlencoded::to_string(fields).unwrap_or_default();
    // A mail program does not read a plus as a blank.
    format!("mailto:{address}?{}", query.replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_programs_address_has_no_plus_for_a_blank() {
        assert_eq!(
            mailto("a@town.example", "甲 1+1", "乙\n"),
            "mailto:a@town.example?subject=%E7%94%B2%201%2B1&body=%E4%B9%99%0D%0A"
        );
    }
}
