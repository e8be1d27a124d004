//! 下書き: what is being written, and throwing it away.

use askama::Template;
use axum::extract::State;

use super::applications::Id;
use super::applications::answers::yen_words;
use super::frame;
use crate::domain::application::Stage;
use crate::domain::era;
use crate::domain::field::Field;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::drafts;
use crate::web::answer::{PageResult, page, see_other};
use crate::web::flash::{Told, see_other_telling};
use crate::web::page::{Flash, HelpLink};
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::urls::netdesk::{Application, DRAFTS};

/// One draft in the list.
pub struct Row {
    address: Application,
    works_name: String,
    obligee_name: String,
    price: String,
    updated_at: String,
    updated_by: String,
}

/// 下書き
#[derive(Template)]
#[template(path = "netdesk/drafts/list.html")]
pub struct ListPage {
    shell: NetdeskShell,
    rows: Vec<Row>,
}

/// 下書きの削除の確認
#[derive(Template)]
#[template(path = "netdesk/drafts/deletion.html")]
pub struct DeletionPage {
    shell: NetdeskShell,
    row: Row,
}

async fn shell(web: &Web, who: &ContractorUser) -> Result<NetdeskShell, AppError> {
    let help = HelpLink::netdesk("applications", "保証申込のヘルプ");
    frame::shell(web, who, Menu::Drafts, help).await
}

/// GET 下書き
pub async fn list(State(web): State<Web>, who: ContractorUser, Told(told): Told) -> PageResult {
    let rows = drafts::list(&web, &who)
        .await?
        .into_iter()
        .map(|line| Row {
            address: Application(line.id),
            works_name: line.works_name,
            obligee_name: line.obligee_name,
            price: line.price.map_or_else(String::new, yen_words),
            updated_at: era::stamp(line.updated_at),
            updated_by: line.updated_by,
        })
        .collect();
    page(&ListPage {
        shell: shell(&web, &who).await?.flash(told),
        rows,
    })
}

/// GET 下書きの削除の確認
pub async fn ask_deletion(State(web): State<Web>, who: ContractorUser, Id(id): Id) -> PageResult {
    let open = drafts::open(&web, &who, id).await?;
    if open.stage != Stage::Draft {
        return Ok(see_other(Application(id).form()));
    }
    let typed = |field: Field| open.form.get(field.id()).to_owned();
    page(&DeletionPage {
        row: Row {
            address: Application(id),
            works_name: typed(Field::WorksName),
            obligee_name: typed(Field::Obligee),
            price: crate::domain::money::Yen::parse(open.form.get(Field::Price.id()))
                .map_or_else(|_| String::new(), |yen| format!("{yen}円")),
            updated_at: era::stamp(open.updated_at),
            updated_by: open.updated_by.clone(),
        },
        shell: shell(&web, &who).await?,
    })
}

/// POST 下書きの削除
pub async fn delete(State(web): State<Web>, who: ContractorUser, Id(id): Id) -> PageResult {
    drafts::delete(&web, &who, id).await?;
    Ok(see_other_telling(
        &web,
        DRAFTS,
        &Flash::ok("下書きを削除しました。"),
    ))
}
