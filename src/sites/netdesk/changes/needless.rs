//! 変更の手続きは不要です: what a change of the price alone is answered.

use askama::Template;

use crate::domain::era;
use crate::domain::product::Product;
use crate::domain::rules::{self, RuleId};
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::applications::Checked;
use crate::services::changes::Change;
use crate::services::guarantees;
use crate::sites::netdesk::guarantee;
use crate::web::changed::{self, Line};
use crate::web::shell::NetdeskShell;
use crate::web::state::Web;
use crate::web::urls::netdesk::{Application, ChangeOf, Guarantee};

/// 変更の手続きは不要です
#[derive(Template)]
#[template(path = "netdesk/changes/needless.html")]
pub(super) struct NeedlessPage {
    shell: NetdeskShell,
    number: String,
    works: String,
    product: &'static str,
    /// 前払金, 中間前払金
    money: &'static str,
    back: String,
    address: ChangeOf,
    draft: Application,
    sentence: String,
    lines: Vec<Line>,
    /// Other guarantees of the works: address, number with product, what may follow for it.
    others: Vec<(String, String, &'static str)>,
}

/// The answer where nothing but the price of money in advance changes: there it stops (T9).
pub(super) async fn page(
    web: &Web,
    who: &ContractorUser,
    change: &Change,
    checked: &Checked,
) -> Result<Option<NeedlessPage>, AppError> {
    let guarantee = &change.guarantee;
    let refusals = rules::refusals(&checked.findings);
    let alone = refusals.iter().all(|it| it.rule == RuleId::Change);
    let (Some(content), Some(first), Some(kept), true) = (
        checked.content.as_ref(),
        refusals
            .first()
            .filter(|_| alone && checked.faults.is_empty()),
        change.kept.as_ref(),
        guarantee.product.is_advance(),
    ) else {
        return Ok(None);
    };
    let Some(terms) = content.change.as_ref() else {
        return Ok(None);
    };
    if content.works.price == change.before.price {
        return Ok(None);
    }
    let number = guarantee.number.clone();
    let digits = guarantee::number_of(who, &number)?;
    let detail = guarantees::detail(web, who, digits.digits()).await?;
    let others = detail.siblings.iter().map(|other| {
        let about = match other.product {
            Product::Contract => {
                "発注者から、請負金額の10分の1以上への変更を求められることがあります。"
            }
            _ => "請負金額だけが変わるときは、手続きは不要です。",
        };
        let words = format!("{}　{}", other.product.label(), other.number);
        (Guarantee(&other.number).to_string(), words, about)
    });
    Ok(Some(NeedlessPage {
        shell: super::shell(web, who),
        works: guarantee.works_name.clone(),
        product: guarantee.product.label(),
        money: match guarantee.product {
            Product::Midterm => "中間前払金",
            _ => "前払金",
        },
        back: Guarantee(&number).to_string(),
        address: ChangeOf::new(&number),
        draft: Application(kept.id),
        sentence: first.sentence.clone(),
        lines: changed::of(content, terms, era::tokyo_date(web.clock.now())),
        others: others.collect(),
        number,
    }))
}
