//! 訂正, 変更取消, 解約: the forms that propose one, and the decisions.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use uuid::Uuid;

use super::{number_of, outcome};
use crate::domain::act::{ActKind, Proposal};
use crate::domain::era;
use crate::domain::guarantee::Version as Held;
use crate::domain::text;
use crate::error::AppError;
use crate::services::Officer;
use crate::services::acts::{self, FieldKind, OnScreen};
use crate::services::guarantees::{self, Detail};
use crate::services::registers::FieldFault;
use crate::sites::office::admin::with_faults;
use crate::sites::office::shell;
use crate::web::answer::{self, PageResult};
use crate::web::field::FieldView;
use crate::web::flash;
use crate::web::form::RawForm;
use crate::web::page::Flash;
use crate::web::path::Named;
use crate::web::rescue::Rescued;
use crate::web::shell::{OfficeMenu, OfficeShell};
use crate::web::state::Web;
use crate::web::summary::ErrorSummary;
use crate::web::urls::office as to;

/// Longest words with a decision, in characters.
const WORDS_MAX: usize = 500;

/// Which form: the last part of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Correction(u32),
    Cancellation(u32),
    Termination,
}

impl Form {
    fn kind(self) -> ActKind {
        match self {
            Self::Correction(_) => ActKind::Correction,
            Self::Cancellation(_) => ActKind::Cancellation,
            Self::Termination => ActKind::Termination,
        }
    }

    /// `correction-2`, `cancellation-3`, `termination`.
    fn read(word: &str) -> Option<Self> {
        if word == "termination" {
            return Some(Self::Termination);
        }
        let (kind, seq) = word.split_once('-')?;
        let seq: u32 = seq.parse().ok().filter(|_| !seq.starts_with(['0', '+']))?;
        match kind {
            "correction" => Some(Self::Correction(seq)),
            "cancellation" => Some(Self::Cancellation(seq)),
            _ => None,
        }
    }
}

/// Label, as it is, as it will be.
type Changes = Vec<(&'static str, String, String)>;

#[derive(Template)]
#[template(path = "office/guarantees/act.html")]
struct ActPage {
    shell: OfficeShell,
    number: String,
    works: String,
    back: String,
    action: String,
    title: String,
    lead: &'static str,
    /// What it comes to, one sentence each.
    outcome: Vec<String>,
    /// What an approver's press does.
    approval: &'static str,
    /// 変更取消: what is other afterwards.
    changes: Changes,
    fields: Vec<FieldView>,
    reason: FieldView,
    id: Uuid,
    last: u32,
}

/// GET /office/guarantees/{number}/acts/{form}
pub async fn form(
    State(web): State<Web>,
    who: Officer,
    Named((typed, word)): Named<(String, String)>,
    rescued: Rescued,
) -> PageResult {
    let (detail, form) = asked(&web, &who, &typed, &word).await?;
    let told = rescued.flash();
    let raw = rescued.0;
    let mut page = page(&web, &who, &detail, form, &word, raw.as_ref()).await?;
    page.shell = page.shell.flash(told);
    answer::page(&page)
}

async fn asked(
    web: &Web,
    who: &Officer,
    typed: &str,
    word: &str,
) -> Result<(Detail, Form), AppError> {
    let number = number_of(who, typed)?;
    let form = Form::read(word).ok_or(AppError::NotFound)?;
    let detail = guarantees::office_detail(web, who, number.digits(), None).await?;
    Ok((detail, form))
}

async fn page(
    web: &Web,
    who: &Officer,
    detail: &Detail,
    form: Form,
    word: &str,
    raw: Option<&RawForm>,
) -> Result<ActPage, AppError> {
    let guarantee = &detail.guarantee;
    let back = to::Guarantee(&guarantee.number).to_string();
    let label = |seq: u32| {
        let known: Option<&Held> = detail.life.version(seq);
        known
            .map(|known| known.occasion.label())
            .ok_or(AppError::NotFound)
    };
    let value = |name: &str, fresh: &str| {
        raw.map_or_else(|| fresh.to_owned(), |raw| raw.get(name).to_owned())
    };
    let (title, lead, fields, reason) = match form {
        Form::Correction(seq) => {
            let digits = guarantee.number.trim_end_matches(char::is_alphabetic);
            let at = i32::try_from(seq).map_err(|_| AppError::NotFound)?;
            let face = guarantees::office_certificate(web, who, digits, at)
                .await?
                .face;
            let fields = acts::correction_fields(&face).into_iter().map(|field| {
                let typed = value(field.name, &field.value);
                let row = match field.kind {
                    FieldKind::Line => FieldView::text(field.name, field.label, &typed),
                    FieldKind::Money => FieldView::money(field.name, field.label, &typed),
                    FieldKind::Date => FieldView::date(field.name, field.label, &typed),
                };
                row.required().hint(format!("証書の記載：{}", field.value))
            });
            (
                format!("「{}」の訂正", label(seq)?),
                "支店の誤りを直します。直した証書が同じ「対象」で発行され、いまの証書は取り下げられます。お客様の履歴には、直したあとの証書だけが表示されます。",
                fields.collect(),
                "訂正の理由",
            )
        }
        Form::Cancellation(seq) => (
            format!("「{}」の変更取消", label(seq)?),
            "いちばん新しい変更を取り消します。",
            Vec::new(),
            "変更取消の理由",
        ),
        Form::Termination => {
            let today = era::plain(era::tokyo_date(web.clock.now()));
            (
                "解約".to_owned(),
                "解約すると、この保証契約は終わります。あとから変更・訂正・取消はできません。",
                vec![
                    FieldView::date("on", "解約日", &value("on", &today))
                        .required()
                        .hint("きょうまでの日を入力します。"),
                ],
                "解約の理由",
            )
        }
    };
    let id = raw.and_then(|raw| Uuid::try_parse(raw.get("id")).ok());
    let (outcome, changes) = outcome(web, who, detail, form).await?;
    Ok(ActPage {
        outcome,
        changes,
        approval: outcome::approval(form.kind(), guarantee.form),
        shell: shell::shell(web, who, OfficeMenu::Guarantees, "acts").await?,
        number: guarantee.number.clone(),
        works: guarantee.works_name.clone(),
        action: format!("{back}/acts/{word}"),
        back,
        title,
        lead,
        fields,
        reason: FieldView::area("reason", reason, &value("reason", ""), 3)
            .required()
            .hint("社内の記録です。お客様と発注者には表示しません。"),
        id: id.unwrap_or_else(|| web.chance.id(web.clock.now())),
        last: detail.life.last,
    })
}

/// What the act comes to as things stand, and what is other after a 変更取消.
async fn outcome(
    web: &Web,
    who: &Officer,
    detail: &Detail,
    form: Form,
) -> Result<(Vec<String>, Changes), AppError> {
    let number = number_of(who, &detail.guarantee.number)?;
    let digits = number.digits();
    let today = era::tokyo_date(web.clock.now());
    let proposal = match form {
        Form::Correction(target) => {
            let held = detail.life.version(detail.life.in_force);
            let held = held.filter(|held| held.seq != target);
            let earlier = held.map(|held| outcome::stays(&held.occasion.label()));
            return Ok((earlier.into_iter().collect(), Vec::new()));
        }
        Form::Cancellation(target) => Proposal::Cancellation { target },
        Form::Termination => Proposal::Termination { on: today },
    };
    let Some(outlook) = acts::outlook(web, who, digits, &proposal).await? else {
        return Ok((Vec::new(), Vec::new()));
    };
    let fee = outcome::fee(proposal.kind(), &outlook);
    let mut said: Vec<String> = outcome::back_to(&outlook).into_iter().collect();
    said.push(match form {
        Form::Termination => format!(
            "解約日が{}のとき：{fee}解約日で変わります。",
            era::plain(today)
        ),
        Form::Correction(_) | Form::Cancellation(_) => fee,
    });
    let back = outlook.back_to.map(|back| back.changes);
    Ok((said, back.unwrap_or_default()))
}

/// POST /office/guarantees/{number}/acts/{form}: 起案する
pub async fn propose(
    State(web): State<Web>,
    who: Officer,
    Named((typed, word)): Named<(String, String)>,
    raw: RawForm,
) -> PageResult {
    let (detail, form) = asked(&web, &who, &typed, &word).await?;
    let number = number_of(&who, &typed)?;
    let read = read(&web, &who, &detail, form, number.digits(), &raw).await?;
    let (proposal, reason) = match read {
        Ok(read) => read,
        Err(faults) => {
            let mut page = page(&web, &who, &detail, form, &word, Some(&raw)).await?;
            page.fields = with_faults(page.fields, &faults);
            page.reason = with_faults(vec![page.reason], &faults)
                .pop()
                .ok_or(AppError::NotFound)?;
            let summary = ErrorSummary::of(page.fields.iter().chain([&page.reason]));
            page.shell = page.shell.errors(summary);
            return answer::unprocessable(&page);
        }
    };
    let seen = OnScreen {
        digits: number.digits(),
        last: raw.get("last").parse().unwrap_or(0),
    };
    let id = Uuid::try_parse(raw.get("id")).map_err(|_| AppError::NotFound)?;
    match acts::propose(&web, &who, seen, id, &proposal, &reason).await {
        Ok(()) => Ok(flash::see_other_telling(
            &web,
            to::Guarantee(&detail.guarantee.number).to_string(),
            &Flash::ok(format!(
                "{}を起案しました。ほかの承認者が承認すると、手続きします。",
                proposal.kind().label()
            )),
        )),
        Err(AppError::Conflict(words)) => {
            let mut page = page(&web, &who, &detail, form, &word, Some(&raw)).await?;
            let summary = ErrorSummary::titled("いまの状態では行えませんでした", words);
            page.shell = page.shell.errors(summary);
            answer::page_with(StatusCode::CONFLICT, &page)
        }
        Err(error) => Err(error),
    }
}

type Read = Result<(Proposal, String), Vec<FieldFault>>;

async fn read(
    web: &Web,
    who: &Officer,
    detail: &Detail,
    form: Form,
    digits: &str,
    raw: &RawForm,
) -> Result<Read, AppError> {
    let get = |name: &str| raw.get(name);
    Ok(match form {
        Form::Correction(seq) => {
            let at = i32::try_from(seq).map_err(|_| AppError::NotFound)?;
            let face = guarantees::office_certificate(web, who, digits, at)
                .await?
                .face;
            acts::read_correction(seq, &face, get)
        }
        Form::Cancellation(seq) => acts::read_cancellation(seq, get),
        Form::Termination => {
            let today = era::tokyo_date(web.clock.now());
            acts::read_termination(today, detail.guarantee.issued_on, get)
        }
    })
}

/// POST /office/guarantees/{number}/decisions/{id}/approval
pub async fn approve(
    State(web): State<Web>,
    who: Officer,
    Named((typed, id)): Named<(String, Uuid)>,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    let told = match acts::approve(&web, &who, number.digits(), id).await {
        Ok(()) => Flash::ok("承認しました。証書の手続きをしています。"),
        Err(AppError::Conflict(words)) => Flash::warn(words),
        Err(AppError::Denied(words)) => Flash::warn(words),
        Err(error) => return Err(error),
    };
    back(&web, &who, &typed, &told)
}

/// POST /office/guarantees/{number}/decisions/{id}/drop
pub async fn drop_act(
    State(web): State<Web>,
    who: Officer,
    Named((typed, id)): Named<(String, Uuid)>,
    raw: RawForm,
) -> PageResult {
    let number = number_of(&who, &typed)?;
    guarantees::office_detail(&web, &who, number.digits(), None).await?;
    let told = match text::block(raw.get("words"), WORDS_MAX).and_then(text::required) {
        Err(fault) => Flash::warn(fault.sentence("取りやめる理由")),
        Ok(words) => match acts::drop_act(&web, &who, number.digits(), id, &words).await {
            Ok(()) => Flash::ok("起案を取りやめました。"),
            Err(AppError::Conflict(words)) => Flash::warn(words),
            Err(AppError::Denied(words)) => Flash::warn(words),
            Err(error) => return Err(error),
        },
    };
    back(&web, &who, &typed, &told)
}

/// Back to the guarantee, with a sentence.
pub(super) fn back(
    web: &Web,
    who: &Officer,
    typed: &str,
    told: &Flash,
) -> Result<axum::response::Response, AppError> {
    let number = number_of(who, typed)?;
    let number = format!("{}{}", number.digits(), who.suffix());
    let to = to::Guarantee(&number).to_string();
    Ok(flash::see_other_telling(web, to, told))
}
