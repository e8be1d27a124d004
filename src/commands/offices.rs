//! `surety`, `obligees`, `close-month` and `user`: what runs over the owner's login.

use std::path::Path;

use akashi::domain::fee::Month;
use akashi::domain::people::StaffRole;
use akashi::error::AppError;
use akashi::services::accounts::signin;
use akashi::services::fees::closing::{self, Closed};
use akashi::services::founding::{self, Entry, PersonPlan, SuretyPlan};
use akashi::services::obligees::{self, Kept};
use clap::Args;

use super::setup::{block_on, owner_app, settings};
use super::{Ended, say};

/// `surety FILE`
pub fn found(file: &Path) -> Ended {
    super::logs(true, "info");
    let settings = settings()?;
    let text = std::fs::read(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let plan: SuretyPlan = serde_json::from_slice(&text)
        .map_err(|error| format!("{} is not a surety's plan: {error}", file.display()))?;
    block_on(async {
        let app = owner_app(&settings)?;
        founding::found(&app, &plan).await.map_err(words)?;
        app.db.close().await;
        say(&format!("{} is registered.", plan.name));
        Ok(())
    })
}

/// `obligees FILE`
pub fn obligees(surety: char, file: &Path) -> Ended {
    super::logs(true, "info");
    let settings = settings()?;
    let text = std::fs::read(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let plans = obligees::read_plans(&text)
        .map_err(|why| format!("{} cannot be taken: {why}.", file.display()))?;
    block_on(async {
        let app = owner_app(&settings)?;
        let kept = obligees::keep(&app, surety, &plans).await.map_err(words)?;
        app.db.close().await;
        for (plan, kept) in plans.iter().zip(kept) {
            say(&match kept {
                Kept::Added => format!("{}: registered", plan.name),
                Kept::Changed(version) => format!("{}: version {version}", plan.name),
                Kept::Same => format!("{}: as it was", plan.name),
            });
        }
        Ok(())
    })
}

/// A member of staff to invite.
#[derive(Debug, Args)]
pub struct Invite {
    /// Letter of the surety.
    #[arg(long)]
    surety: char,
    /// Branch, by its name.
    #[arg(long)]
    branch: String,
    /// clerk, approver or administrator.
    #[arg(long)]
    role: String,
    #[arg(long)]
    login: String,
    /// The person's name, as histories show it.
    #[arg(long)]
    name: String,
    #[arg(long)]
    email: String,
}

/// `user`
pub fn invite(invite: &Invite) -> Ended {
    super::logs(true, "info");
    let settings = settings()?;
    if StaffRole::from_code(&invite.role).is_none() {
        return Err("--role is clerk, approver or administrator.".to_owned());
    }
    let login = signin::fold_login(&invite.login);
    if !signin::is_login(&login) {
        return Err(
            "--login takes 3 to 64 small letters, figures, dots, hyphens and underscores."
                .to_owned(),
        );
    }
    let email = akashi::domain::email::Email::parse(&invite.email)
        .map_err(|fault| fault.sentence("--email"))?;
    block_on(async {
        let app = owner_app(&settings)?;
        let person = PersonPlan {
            login: &login,
            role: &invite.role,
            name: &invite.name,
            email: email.as_str(),
            entry: Entry::Invitation,
        };
        founding::add_staff(&app, invite.surety, &invite.branch, &person)
            .await
            .map_err(words)?;
        app.db.close().await;
        say(&format!(
            "{login} is registered; the worker mails the invitation."
        ));
        Ok(())
    })
}

fn words(error: AppError) -> String {
    match error {
        AppError::NotFound => "there is no such surety or branch.".to_owned(),
        other => format!("it could not be done: {other}"),
    }
}

/// `close-month`
pub fn close_month(surety: char, month: &str) -> Ended {
    super::logs(true, "info");
    let month = Month::parse(month)
        .ok_or_else(|| format!("--month {month:?} is no month: write it as 2026-11."))?;
    let settings = settings()?;
    block_on(async {
        let app = owner_app(&settings)?;
        let closed = closing::close_by_command(&app, surety, month).await;
        app.db.close().await;
        let closed = closed.map_err(words)?;
        match closed {
            Closed::Refused(sentence) => Err(sentence),
            Closed::Done { .. } | Closed::Already { .. } => {
                say(&closed.sentence(month));
                Ok(())
            }
        }
    })
}
