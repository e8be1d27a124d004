//! 番号ブロック: how full each is, and allotting a new one.

use askama::Template;
use axum::extract::State;

use super::{branch_choices, with_faults};
use crate::domain::era;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::blocks::{self, Block};
use crate::services::branches;
use crate::services::registers::Kept;
use crate::sites::office::{shell, words};
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::{Flash, Tag, Tone};
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

struct Row {
    block: String,
    branch: String,
    used: String,
    left: String,
    state: Tag,
    since: String,
}

#[derive(Template)]
#[template(path = "office/admin/blocks.html")]
struct Page {
    shell: OfficeShell,
    rows: Vec<Row>,
    fields: Vec<FieldView>,
}

fn row(block: Block) -> Row {
    Row {
        state: match (block.used, block.left) {
            (_, 0) => Tag::new(Tone::Mute, "使い切り"),
            (_, 1..1_000) => Tag::new(Tone::Warn, "残りわずか"),
            (0, _) => Tag::new(Tone::Note, "未使用"),
            _ => Tag::new(Tone::Ok, "使用中"),
        },
        used: words::yen(i64::from(block.used)),
        left: words::yen(i64::from(block.left)),
        since: era::slashed(era::tokyo_date(block.allotted_at)),
        block: block.block,
        branch: block.branch,
    }
}

async fn page(web: &Web, who: &Officer, form: &RawForm) -> Result<Page, AppError> {
    let rows = blocks::list(web, who).await?;
    let branches = branches::list(web, who).await?;
    Ok(Page {
        shell: shell::shell(web, who, OfficeMenu::Blocks, "blocks").await?,
        rows: rows.into_iter().map(row).collect(),
        fields: vec![
            FieldView::text("block", "番号ブロック", form.get("block"))
                .required()
                .width("in--no num")
                .input_mode("numeric")
                .hint(
                    "保証契約番号の前5けたです。ほかの保証会社の分も含めて、一度しか使えません。",
                ),
            FieldView::select(
                "branch",
                "支店",
                form.get("branch"),
                branch_choices(&branches),
            )
            .required(),
        ],
    })
}

/// GET /office/admin/blocks
pub async fn list(
    State(web): State<Web>,
    who: Officer,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let flash = rescued.flash().or(told);
    let mut page = page(&web, &who, &rescued.0.unwrap_or_default()).await?;
    page.shell = page.shell.flash(flash);
    answer::page(&page)
}

/// POST /office/admin/blocks
pub async fn allot(State(web): State<Web>, who: Officer, form: RawForm) -> PageResult {
    let branch = form.get("branch").parse().ok();
    match blocks::allot(&web, &who, form.get("block"), branch).await? {
        Kept::Done(block) => Ok(flash::see_other_telling(
            &web,
            to::BLOCKS,
            &Flash::ok(format!("番号ブロック {block} を割り当てました。")),
        )),
        Kept::Refused(faults) => {
            let mut page = page(&web, &who, &form).await?;
            page.fields = with_faults(page.fields, &faults);
            page.shell = page.shell.errors(ErrorSummary::of(&page.fields));
            answer::unprocessable(&page)
        }
    }
}
