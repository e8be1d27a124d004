//! 処理の記録: what gave up, why, and running it again.

use askama::Template;
use axum::extract::State;
use uuid::Uuid;

use crate::domain::era;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::jobs::{self, BuriedRow, Rerun};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::flash::{self, Told};
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::urls::office as to;

struct Row {
    action: String,
    title: &'static str,
    subject: String,
    /// Where it can be looked at; empty: nowhere.
    href: String,
    reason: String,
    attempts: i32,
    when: String,
    /// What running it again does.
    hint: &'static str,
}

#[derive(Template)]
#[template(path = "office/admin/jobs.html")]
struct Page {
    shell: OfficeShell,
    rows: Vec<Row>,
}

fn row(job: BuriedRow) -> Row {
    let (title, hint) = match job.kind.as_str() {
        "issue" => (
            "発行",
            "申込は「承認済」に戻っています。事情がなくなってから実行すると、承認者の指図どおりに、もう一度発行します。申込が先へ進んでいるときは、この記録を片づけるだけです。",
        ),
        "deposit" => (
            "D-Sure へ届ける",
            "もう一度届けます。届くと「発行済」になり、お知らせのメールを送ります。",
        ),
        "mail_issued" => ("発行完了のお知らせメール", "同じメールをもう一度送ります。"),
        "mail_returned" => ("差戻しのメール", "同じメールをもう一度送ります。"),
        "mail_ended" => (
            "変更取消・解約のお知らせメール",
            "同じメールをもう一度送ります。",
        ),
        "mail_renewed" => (
            "認証キー再発行のお知らせメール",
            "同じメールをもう一度送ります。",
        ),
        "mail_invitation" => (
            "招待・再設定のメール",
            "新しいリンクを作って、もう一度送ります。",
        ),
        "mail_password" => (
            "パスワード変更のお知らせメール",
            "同じメールをもう一度送ります。",
        ),
        _ => ("処理", "同じ処理をもう一度行います。"),
    };
    let href = match (&job.number, job.application_id) {
        (_, Some(id)) => to::Case(id).to_string(),
        (Some(number), None) => to::Guarantee(number).to_string(),
        (None, None) => String::new(),
    };
    let subject = [job.receipt_no, job.number, job.login]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("　");
    Row {
        action: format!("{}/{}/run", to::JOBS, job.id),
        title,
        subject,
        href,
        reason: job
            .last_error
            .unwrap_or_else(|| "理由の記録がありません。".to_owned()),
        attempts: job.attempts,
        when: era::stamp(job.finished_at.unwrap_or(job.created_at)),
        hint,
    }
}

/// GET /office/admin/jobs
pub async fn list(State(web): State<Web>, who: Officer, Told(told): Told) -> PageResult {
    let rows = jobs::buried(&web, &who).await?;
    let shell = shell::shell(&web, &who, OfficeMenu::Jobs, "jobs").await?;
    answer::page(&Page {
        shell: shell.flash(told),
        rows: rows.into_iter().map(row).collect(),
    })
}

/// POST /office/admin/jobs/{id}/run: もう一度実行する
pub async fn run(State(web): State<Web>, who: Officer, Named(id): Named<Uuid>) -> PageResult {
    let told = match jobs::run_again(&web, &who, id).await {
        Ok(Rerun::Queued) => {
            Flash::ok("もう一度実行します。うまくいけば、この一覧から消えたままになります。")
        }
        Ok(Rerun::Cleared) => Flash::ok(
            "この指図のあとで申込の状態が変わっているため、発行はしません。この記録を片づけます。",
        ),
        Err(AppError::Conflict(words)) => Flash::warn(words),
        Err(other) => return Err(other),
    };
    Ok(flash::see_other_telling(&web, to::JOBS, &told))
}
