//! きまりの版: the form of a whole rule book, the preview of what it would change, one version.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use time::Date;

use crate::domain::era;
use crate::domain::rulebook::form::{self, Draft};
use crate::domain::rulebook::{BookFault, Span};
use crate::domain::rules::{Finding, Outcome};
use crate::domain::typed::TypedForm;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::rulebooks::{self, Answer, Preview, Shelf, Trial};
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::flash::{self, Told};
use crate::web::form::RawForm;
use crate::web::page::{Flash, Tag, Tone};
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

mod rows;

use rows::Group;

/// The page of one version.
pub fn address(obligee: i64, version: i32) -> String {
    format!("{}/{obligee}/books/{version}", to::OBLIGEES)
}

fn new_address(obligee: i64) -> String {
    format!("{}/{obligee}/books/new", to::OBLIGEES)
}

/// 「2027/04/01 から 2028/03/31 まで」, 「はじめから」.
pub fn days(span: Span) -> String {
    let from = span.valid_from.map_or_else(
        || "はじめから".to_owned(),
        |from| format!("{} から", era::slashed(from)),
    );
    match span.valid_until {
        Some(until) => format!("{from} {} まで", era::slashed(until)),
        None => from,
    }
}

#[derive(Template)]
#[template(path = "office/admin/book.html")]
struct VersionPage {
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    here: String,
    name: String,
    version: i32,
    days: String,
    tag: Option<Tag>,
    by: String,
    at: String,
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "office/admin/book_form.html")]
struct EditPage {
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    title: String,
    action: String,
    newest: i32,
    groups: Vec<Group>,
    back: String,
}

struct Line {
    tag: Tag,
    words: String,
}

/// What the new version says, beside the version before.
struct FactLine {
    label: String,
    value: String,
    differs: bool,
    /// 「版1：10分の4」 where it said otherwise.
    before: String,
}

fn beside(before: Option<(i32, Facts)>, new: Facts) -> Vec<FactLine> {
    let Some((version, old)) = before else {
        let plain = |(label, value)| FactLine {
            label,
            value,
            differs: false,
            before: String::new(),
        };
        return new.into_iter().map(plain).collect();
    };
    let values = |facts: &Facts, label: &str| -> Vec<String> {
        let own = facts.iter().filter(|(known, _)| known == label);
        own.map(|(_, value)| value.clone()).collect()
    };
    let mut lines = Vec::new();
    for (label, value) in &new {
        let was = values(&old, label);
        let differs = !was.contains(value);
        let before = match was.as_slice() {
            _ if !differs => String::new(),
            [] => format!("版{version}：なし"),
            was => format!("版{version}：{}", was.join("、")),
        };
        lines.push(FactLine {
            label: label.clone(),
            value: value.clone(),
            differs,
            before,
        });
    }
    for (label, value) in old {
        if values(&new, &label).is_empty() {
            lines.push(FactLine {
                label,
                value: "なし".to_owned(),
                differs: true,
                before: format!("版{version}：{value}"),
            });
        }
    }
    lines
}

/// What is said where a version counts from a day that is over.
fn past(span: Span, today: Date, follows: bool) -> Option<String> {
    let start = match span.valid_from {
        Some(from) if from < today => format!("{}は、過ぎた日です。", era::slashed(from)),
        None if follows => "適用の始まりが「はじめから」です。".to_owned(),
        _ => return None,
    };
    Some(format!(
        "{start}その日からあとに送信された申込も、受付中であればこの版で確認し直します。"
    ))
}

type Facts = Vec<(String, String)>;

struct TrialRow {
    href: String,
    receipt_no: String,
    contractor: String,
    works_name: String,
    applied_on: String,
    tag: Tag,
    touched: bool,
    before_words: &'static str,
    before: Vec<Line>,
    after_words: &'static str,
    after: Vec<Line>,
}

#[derive(Template)]
#[template(path = "office/admin/book_preview.html")]
struct PreviewPage {
    shell: OfficeShell,
    trail: Vec<(String, String)>,
    title: String,
    days: String,
    ends: String,
    /// Where the start lies in the past.
    past: Option<String>,
    facts: Vec<FactLine>,
    count: String,
    rows: Vec<TrialRow>,
    more: bool,
    action: String,
    hidden: Vec<(String, String)>,
}

fn trail(shelf: &Shelf) -> Vec<(String, String)> {
    vec![
        (to::OBLIGEES.to_owned(), "発注者ときまり".to_owned()),
        (
            format!("{}/{}", to::OBLIGEES, shelf.id),
            format!("{}のきまり", shelf.name),
        ),
    ]
}

/// GET /office/admin/obligees/{id}/books/{version}
pub async fn show(
    State(web): State<Web>,
    who: Officer,
    Named((id, version)): Named<(i64, i32)>,
) -> PageResult {
    let shelf = rulebooks::shelf(&web, &who, id).await?;
    let mut versions = shelf.versions.iter();
    let version = versions
        .find(|known| known.number == version)
        .ok_or(AppError::NotFound)?;
    answer::page(&VersionPage {
        shell: shell::shell(&web, &who, OfficeMenu::Obligees, "obligees").await?,
        trail: trail(&shelf),
        here: format!("版{}", version.number),
        name: shelf.name.clone(),
        version: version.number,
        days: match version.real {
            Some(real) => days(real),
            None => format!("{}（あとの版に差し替えました）", days(version.span)),
        },
        tag: version.in_force.then(|| Tag::new(Tone::Ok, "いま適用")),
        by: version.by.clone(),
        at: era::stamp(version.at),
        facts: version.book.full_facts(),
    })
}

/// GET /office/admin/obligees/{id}/books/new: as the newest version is, from today.
pub async fn new(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let shelf = rulebooks::shelf(&web, &who, id).await?;
    let told = rescued.flash().or(told);
    let form = match &rescued.0 {
        Some(kept) => typed(kept),
        None => fresh(&web, &shelf),
    };
    let mut page = edit(&web, &who, &shelf, &form, &[]).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

fn fresh(web: &Web, shelf: &Shelf) -> TypedForm {
    let Some(newest) = shelf.newest() else {
        return [("electronic", "unknown")].into_iter().collect();
    };
    let span = Span {
        valid_from: Some(era::tokyo_date(web.clock.now())),
        valid_until: None,
    };
    form::write(&newest.book, span)
}

fn typed(raw: &RawForm) -> TypedForm {
    raw.iter()
        .filter(|(name, _)| !matches!(*name, "go" | "newest"))
        .collect()
}

/// POST /office/admin/obligees/{id}/books/new: 行を増やす, 影響を確かめる, 登録する, 入力に戻る.
pub async fn add(
    State(web): State<Web>,
    who: Officer,
    Named(id): Named<i64>,
    raw: RawForm,
) -> PageResult {
    let shelf = rulebooks::shelf(&web, &who, id).await?;
    let mut form = typed(&raw);
    let wish = raw.get("go");
    if let Some(part) = wish.strip_prefix("more:") {
        let known = form::ROWS.iter().find(|(known, _)| *known == part);
        let (part, _) = known.ok_or(AppError::NotFound)?;
        form::add_row(&mut form, part);
        let mut page = edit(&web, &who, &shelf, &form, &[]).await?;
        let asked = |group: &&mut Group| group.part.is_some_and(|(known, _)| known == *part);
        // The new row is what the person asked for.
        if let Some(group) = page.groups.iter_mut().find(asked) {
            group.open = true;
            if let Some(row) = group.rows.last_mut() {
                row.open = true;
            }
        }
        return answer::page(&page);
    }
    if wish == "edit" {
        return answer::page(&edit(&web, &who, &shelf, &form, &[]).await?);
    }
    let (draft, faults) = form::read(&form, &shelf.name);
    if !faults.is_empty() {
        return refuse(&web, &who, &shelf, &form, &faults).await;
    }
    // What was on the screen; a form without it is as old as can be.
    let newest = raw.get("newest").parse().unwrap_or(-1);
    let result = if wish == "save" {
        match rulebooks::add(&web, &who, id, &draft, newest).await {
            Ok(Answer::Done(version)) => {
                return Ok(flash::see_other_telling(
                    &web,
                    format!("{}/{id}", to::OBLIGEES),
                    &Flash::ok(format!(
                        "{}のきまり 版{version} を登録しました。",
                        shelf.name
                    )),
                ));
            }
            Ok(Answer::Refused(faults)) => Ok(Answer::Refused(faults)),
            Err(error) => Err(error),
        }
    } else {
        rulebooks::preview(&web, &who, id, &draft, newest).await
    };
    match result {
        Ok(Answer::Done(preview)) => {
            answer::page(&previewed(&web, &who, &shelf, &form, &draft, preview, newest).await?)
        }
        Ok(Answer::Refused(faults)) => refuse(&web, &who, &shelf, &form, &faults).await,
        Err(AppError::Conflict(words)) => {
            let mut page = edit(&web, &who, &shelf, &form, &[]).await?;
            page.shell = page
                .shell
                .errors(ErrorSummary::titled("登録していません", &words));
            answer::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error),
    }
}

async fn refuse(
    web: &Web,
    who: &Officer,
    shelf: &Shelf,
    form: &TypedForm,
    faults: &[BookFault],
) -> PageResult {
    answer::unprocessable(&edit(web, who, shelf, form, faults).await?)
}

async fn edit(
    web: &Web,
    who: &Officer,
    shelf: &Shelf,
    form: &TypedForm,
    faults: &[BookFault],
) -> Result<EditPage, AppError> {
    let groups = rows::groups(&form.shown(), faults);
    let fields = groups.iter().flat_map(Group::all_fields);
    let errors = ErrorSummary::of(fields);
    let own = shell::shell(web, who, OfficeMenu::Obligees, "obligees").await?;
    Ok(EditPage {
        shell: own.errors(errors),
        trail: trail(shelf),
        title: format!(
            "{}のきまり 版{}の作成",
            shelf.name,
            shelf.newest_number() + 1
        ),
        action: new_address(shelf.id),
        newest: shelf.newest_number(),
        groups,
        back: format!("{}/{}", to::OBLIGEES, shelf.id),
    })
}

async fn previewed(
    web: &Web,
    who: &Officer,
    shelf: &Shelf,
    form: &TypedForm,
    draft: &Draft,
    preview: Preview,
    newest: i32,
) -> Result<PreviewPage, AppError> {
    let changed = preview
        .trials
        .iter()
        .filter(|trial| trial.differs())
        .count();
    let mut hidden: Vec<(String, String)> = form
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    hidden.push(("newest".to_owned(), newest.to_string()));
    Ok(PreviewPage {
        shell: shell::shell(web, who, OfficeMenu::Obligees, "obligees").await?,
        trail: trail(shelf),
        title: format!(
            "{}のきまり 版{}の確認",
            shelf.name,
            shelf.newest_number() + 1
        ),
        days: days(draft.span),
        ends: preview.ends.map_or_else(String::new, |(version, left)| {
            if left == Span::default() {
                format!("版{version}を差し替えます。")
            } else {
                format!("版{version}の適用は「{}」になります。", days(left))
            }
        }),
        past: past(
            draft.span,
            era::tokyo_date(web.clock.now()),
            shelf.newest().is_some(),
        ),
        facts: beside(
            shelf
                .newest()
                .map(|newest| (newest.number, newest.book.full_facts())),
            draft.book.full_facts(),
        ),
        count: format!("{}件のうち{changed}件が変わります", preview.trials.len()),
        rows: preview.trials.iter().map(trial).collect(),
        more: preview.more,
        action: new_address(shelf.id),
        hidden,
    })
}

fn trial(trial: &Trial) -> TrialRow {
    let (before, after) = trial.worst();
    TrialRow {
        href: to::Case(trial.id).to_string(),
        receipt_no: trial.receipt_no.clone(),
        contractor: trial.contractor.clone(),
        works_name: trial.works_name.clone(),
        applied_on: era::slashed(trial.applied_on),
        tag: if trial.differs() {
            Tag::new(Tone::Warn, "変わる")
        } else {
            Tag::new(Tone::Mute, "変わらない")
        },
        touched: trial.touched,
        before_words: before.label(),
        before: lines(&trial.before),
        after_words: after.label(),
        after: lines(&trial.after),
    }
}

/// What is broken, in the order of the rules.
fn lines(findings: &[Finding]) -> Vec<Line> {
    findings
        .iter()
        .filter(|it| it.outcome > Outcome::Unchecked)
        .map(|it| Line {
            tag: Tag::new(
                match it.outcome {
                    Outcome::Refuse => Tone::Ng,
                    _ => Tone::Warn,
                },
                it.outcome.label(),
            ),
            words: format!("{}：{}", it.rule.title(), it.sentence),
        })
        .collect()
}
