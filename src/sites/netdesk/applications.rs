//! 保証申込 申込の作成: the form, its saving, and what the obligee's rules say to it.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::frame;
use crate::domain::application::Stage;
use crate::domain::entry::Fault;
use crate::domain::era;
use crate::domain::kind::ApplicationKind;
use crate::domain::typed::TypedForm;
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::applications::{self, Checked};
use crate::services::drafts::{self, Offer, Saved};
use crate::web::answer::{PageResult, page_with, see_other};
use crate::web::flash::{Told, see_other_telling};
use crate::web::form::{Allowance, FormShape, Query, RawForm, Submitted};
use crate::web::page::{Flash, HelpLink};
use crate::web::rescue::Rescued;
use crate::web::shell::{Menu, NetdeskShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::netdesk::{Application, ChangeOf};

mod advice;
pub mod answers;
pub mod confirm;
mod distinctions;
pub mod documents;
pub mod done;
mod form;
mod place;
mod rows;
mod sheet;
mod tables;
#[cfg(test)]
mod tests;
mod typed;
pub(super) mod years;

pub use advice::advice;
use form::{Clash, FormPage, Origin};
use place::Place;
use sheet::Sheet;
use typed::{Sent, Wish};

/// The application of an address; what is no id is not found.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub Uuid);

impl FromRequestParts<Web> for Id {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, AppError> {
        let path = axum::extract::Path::<String>::from_request_parts(parts, web).await;
        let typed = path.map_err(|_| AppError::NotFound)?;
        Uuid::try_parse(&typed.0)
            .map(Self)
            .map_err(|_| AppError::NotFound)
    }
}

impl FormShape for Sent {
    const ALLOWANCE: Allowance = Allowance::LONG;

    fn read(form: &RawForm) -> Self {
        Self::read(|name| form.opt(name))
    }
}

/// The menu's frame around the form.
pub(super) fn frame(web: &Web, who: &ContractorUser, kind: ApplicationKind) -> NetdeskShell {
    let (menu, help) = match kind {
        ApplicationKind::Reservation => (
            Menu::Reserve,
            HelpLink::netdesk("reservations", "契約保証予約申込のヘルプ"),
        ),
        ApplicationKind::New | ApplicationKind::Change => (
            Menu::Apply,
            HelpLink::netdesk("applications", "保証申込のヘルプ"),
        ),
    };
    frame::shell(web, who, menu, help)
}

/// What an empty form of a kind holds for this person.
pub(super) async fn empty(
    web: &Web,
    who: &ContractorUser,
    kind: ApplicationKind,
) -> Result<TypedForm, AppError> {
    let offer = drafts::offer(web, who).await?;
    Ok(typed::defaults(kind, who.branch(), who.email(), &offer))
}

/// What every answer with the form needs.
struct Desk<'a> {
    web: &'a Web,
    who: &'a ContractorUser,
    kind: ApplicationKind,
    offer: Offer,
    fresh: TypedForm,
}

impl<'a> Desk<'a> {
    async fn open(
        web: &'a Web,
        who: &'a ContractorUser,
        kind: ApplicationKind,
    ) -> Result<Self, AppError> {
        let offer = drafts::offer(web, who).await?;
        let fresh = typed::defaults(kind, who.branch(), who.email(), &offer);
        Ok(Self {
            web,
            who,
            kind,
            offer,
            fresh,
        })
    }

    fn sheet<'s>(
        &'s self,
        form: &'s TypedForm,
        checked: &'s Checked,
        problems: &'s [Fault],
    ) -> Sheet<'s> {
        Sheet {
            kind: self.kind,
            form,
            fresh: &self.fresh,
            offer: &self.offer,
            book: checked.book.as_ref(),
            unread: &checked.faults,
            problems,
            today: era::tokyo_date(self.web.clock.now()),
        }
    }

    async fn check(&self, form: &TypedForm) -> Result<Checked, AppError> {
        applications::check(self.web, self.who, form).await
    }

    fn page(
        &self,
        origin: Origin,
        form: &TypedForm,
        checked: &Checked,
        problems: &[Fault],
    ) -> FormPage {
        let shell = frame(self.web, self.who, self.kind);
        let sheet = self.sheet(form, checked, problems);
        FormPage::new(shell, origin, &sheet)
    }
}

/// GET 申込の作成（新規）
pub async fn new(
    State(web): State<Web>,
    who: ContractorUser,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    fresh_page(&web, &who, ApplicationKind::New, told, &rescued).await
}

/// GET 契約保証予約申込 申込の作成（新規）
pub async fn new_reservation(
    State(web): State<Web>,
    who: ContractorUser,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    fresh_page(&web, &who, ApplicationKind::Reservation, told, &rescued).await
}

async fn fresh_page(
    web: &Web,
    who: &ContractorUser,
    kind: ApplicationKind,
    told: Option<Flash>,
    rescued: &Rescued,
) -> PageResult {
    let desk = Desk::open(web, who, kind).await?;
    let flash = rescued.flash().or(told);
    let (id, form) = match &rescued.0 {
        Some(raw) => {
            let sent = <Sent as FormShape>::read(raw);
            let mut form = sent.form;
            kind.shape(&mut form);
            (sent.proposed, form)
        }
        None => (None, desk.fresh.clone()),
    };
    let origin = Origin {
        kind,
        id: id.unwrap_or_else(|| web.chance.id(web.clock.now())),
        kept: None,
    };
    let checked = desk.check(&form).await?;
    let mut page = desk.page(origin, &form, &checked, &[]);
    page.shell.common.flash = flash;
    page_with(StatusCode::OK, &page)
}

/// POST 申込の作成（新規）: the first save.
pub async fn create(
    State(web): State<Web>,
    who: ContractorUser,
    Submitted(sent): Submitted<Sent>,
) -> PageResult {
    first_save(&web, &who, ApplicationKind::New, sent).await
}

/// POST 契約保証予約申込 申込の作成（新規）: the first save.
pub async fn create_reservation(
    State(web): State<Web>,
    who: ContractorUser,
    Submitted(sent): Submitted<Sent>,
) -> PageResult {
    first_save(&web, &who, ApplicationKind::Reservation, sent).await
}

async fn first_save(
    web: &Web,
    who: &ContractorUser,
    kind: ApplicationKind,
    mut sent: Sent,
) -> PageResult {
    kind.shape(&mut sent.form);
    let id = sent
        .proposed
        .unwrap_or_else(|| web.chance.id(web.clock.now()));
    keep(web, who, id, sent.revision, sent).await
}

/// GET a draft or a returned application; what was sent shows its status instead.
pub async fn show(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    Query(query): Query,
    Told(told): Told,
    rescued: Rescued,
) -> PageResult {
    let open = match drafts::open(&web, &who, id).await {
        Ok(open) if who.role().may_write() => open,
        Ok(open) if open.stage == Stage::Draft => {
            return Err(AppError::Denied(
                "お使いのログインの役割（閲覧）では、下書きを開けません。",
            ));
        }
        Err(AppError::NotFound) | Ok(_) => {
            // Sent: where it stands. Somebody else's: not found there, too.
            applications::status(&web, &who, id).await?;
            return Ok(see_other(Application(id).status()));
        }
        Err(error) => return Err(error),
    };
    if let Some(number) = &open.change_of {
        return Ok(see_other(ChangeOf::new(number).to_string()));
    }
    let desk = Desk::open(&web, &who, open.kind).await?;
    let flash = rescued.flash().or(told);
    let mut origin = Origin::from(&open);
    let form = match &rescued.0 {
        Some(raw) => {
            let sent = <Sent as FormShape>::read(raw);
            // Judged against the revision the writer saw, not against today's.
            if let (Some(kept), Some(revision)) = (&mut origin.kept, sent.revision) {
                kept.revision = revision;
            }
            let mut form = sent.form;
            open.kind.shape(&mut form);
            form
        }
        None => open.form,
    };
    let checked = desk.check(&form).await?;
    let problems = if query.checked("check") {
        checked.problems()
    } else {
        Vec::new()
    };
    let mut page = desk.page(origin, &form, &checked, &problems);
    page.shell.common.flash = flash;
    page_with(StatusCode::OK, &page)
}

/// POST a draft or a returned application.
pub async fn save(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    Submitted(sent): Submitted<Sent>,
) -> PageResult {
    // A page of a saved form always names its revision; without one it is as stale as can be.
    let revision = Some(sent.revision.unwrap_or(0));
    keep(&web, &who, id, revision, sent).await
}

/// Saves first, then does what was wished.
async fn keep(
    web: &Web,
    who: &ContractorUser,
    id: Uuid,
    revision: Option<i32>,
    sent: Sent,
) -> PageResult {
    let mut form = sent.form;
    let kind = ApplicationKind::of(&form);
    let desk = Desk::open(web, who, kind).await?;
    if let Wish::Clear(section) = sent.wish {
        let place = Place::of(kind, desk.check(&form).await?.book.as_ref());
        typed::clear(&mut form, section, place, &desk.fresh);
    }
    match drafts::save(web, who, id, revision, &form).await? {
        Saved::At { .. } => {}
        Saved::Closed => return Ok(closed(web, id)),
        Saved::Stale { .. } => return stale(&desk, id, &form).await,
        Saved::Refused(faults) => {
            return refused(&desk, id, revision, (&form, sent.wish), faults).await;
        }
    }
    let address = Application(id);
    match sent.wish {
        Wish::Save => Ok(see_other_telling(
            web,
            address.form(),
            &Flash::ok("下書きを保存しました。"),
        )),
        Wish::Clear(section) => {
            let words = format!(
                "{}をクリアし、下書きを保存しました。",
                typed::section_name(section)
            );
            let to = format!("{address}#s-{}", section.id());
            Ok(see_other_telling(web, to, &Flash::ok(words)))
        }
        Wish::Check => {
            let checked = desk.check(&form).await?;
            if checked.may_be_sent() {
                return Ok(see_other(address.confirmation()));
            }
            let open = drafts::open(web, who, id).await?;
            let problems = checked.problems();
            let page = desk.page(Origin::from(&open), &form, &checked, &problems);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// It was sent meanwhile: nothing to type in any more.
fn closed(web: &Web, id: Uuid) -> Response {
    let words = "この申込は、すでに送信されています。いまの入力は保存していません。";
    see_other_telling(web, Application(id).status(), &Flash::warn(words))
}

/// Somebody saved in between: both versions, and the way on.
async fn stale(desk: &Desk<'_>, id: Uuid, form: &TypedForm) -> PageResult {
    let theirs = drafts::open(desk.web, desk.who, id).await?;
    let checked = desk.check(form).await?;
    let mut page = desk.page(Origin::from(&theirs), form, &checked, &[]);
    let by = theirs.updated_by.clone();
    let at = era::stamp(theirs.updated_at);
    page.shell.common.errors = ErrorSummary::titled(
        "ほかの画面で先に保存されました",
        format!(
            "{by}さんが {at} に保存しました。いまの入力はこの画面に残っていますが、まだ保存していません。下の違いを確かめてください。"
        ),
    );
    page.clash = Some(Clash {
        by,
        at,
        differences: form::differences(
            &desk.sheet(&theirs.form, &checked, &[]),
            &desk.sheet(form, &checked, &[]),
        ),
    });
    page_with(StatusCode::CONFLICT, &page)
}

/// A text that cannot be stored, said beside its field.
async fn refused(
    desk: &Desk<'_>,
    id: Uuid,
    revision: Option<i32>,
    (form, wish): (&TypedForm, Wish),
    faults: Vec<Fault>,
) -> PageResult {
    let checked = desk.check(form).await?;
    let mut problems = match wish {
        Wish::Check => checked.problems(),
        _ => Vec::new(),
    };
    problems.retain(|said| faults.iter().all(|fault| fault.field != said.field));
    problems.extend(faults);
    let shown = form.shown();
    let origin = match drafts::open(desk.web, desk.who, id).await {
        Ok(open) => {
            let mut origin = Origin::from(&open);
            if let (Some(kept), Some(revision)) = (&mut origin.kept, revision) {
                kept.revision = revision;
            }
            origin
        }
        Err(AppError::NotFound) if revision.is_none() => Origin {
            id,
            kind: desk.kind,
            kept: None,
        },
        Err(error) => return Err(error),
    };
    let page = desk.page(origin, &shown, &checked, &problems);
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// An answer for a script.
fn json(status: StatusCode, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (status, kind, body.to_string()).into_response()
}

/// POST from the script, ten seconds after the last change: saves, and says so in JSON.
pub async fn autosave(
    State(web): State<Web>,
    who: ContractorUser,
    Submitted(sent): Submitted<Sent>,
) -> PageResult {
    let id = sent.proposed.ok_or(AppError::NotFound)?;
    let saved = drafts::save(&web, &who, id, sent.revision, &sent.form).await?;
    Ok(match saved {
        Saved::At { revision, .. } => json(
            StatusCode::OK,
            &json!({
                "fields": { "revision": revision.to_string() },
                "action": Application(id).form(),
                "page": Application(id).form(),
            }),
        ),
        Saved::Stale { by, at, .. } => json(
            StatusCode::CONFLICT,
            &json!({ "words": format!(
                "{by}さんが {} に保存したため、自動では保存していません。入力はこの画面に残っています。「下書き保存」を押すと、違いを確かめられます。",
                era::stamp(at)
            ) }),
        ),
        Saved::Refused(faults) => {
            let words: String = faults.into_iter().map(|fault| fault.sentence).collect();
            json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "words": words }))
        }
        Saved::Closed => json(
            StatusCode::CONFLICT,
            &json!({ "words": "この申込は、すでに送信されています。いまの入力は保存していません。" }),
        ),
    })
}
