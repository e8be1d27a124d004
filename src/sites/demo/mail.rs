//! The caught mails, each a complete `.eml`.

use std::path::Path as FilePath;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;

use crate::demo::catcher;
use crate::domain::era;
use crate::error::AppError;
use crate::web::answer::{self, PageResult};
use crate::web::shell::GateShell;
use crate::web::site::Site;
use crate::web::state::Web;

#[derive(Template)]
#[template(path = "demo/mail.html")]
struct List {
    shell: GateShell,
    folder: String,
    mails: Vec<Line>,
}

#[derive(Template)]
#[template(path = "demo/letter.html")]
struct Letter {
    shell: GateShell,
    mail: Line,
    message_id: String,
    /// The text, cut where an address of ours stands, so that links can be pressed.
    body: Vec<Piece>,
}

struct Line {
    name: String,
    to: String,
    from: String,
    subject: String,
    date: String,
}

/// A piece of a letter's text.
struct Piece {
    text: String,
    link: bool,
}

impl From<catcher::Summary> for Line {
    fn from(mail: catcher::Summary) -> Self {
        Self {
            date: mail.date.map(era::stamp).unwrap_or_default(),
            name: mail.name,
            to: mail.to,
            from: mail.from,
            subject: mail.subject,
        }
    }
}

/// `/demo/mail`
pub async fn list(State(web): State<Web>, folder: Arc<FilePath>) -> PageResult {
    let mails = catcher::list(&folder).await.map_err(AppError::internal)?;
    answer::page(&List {
        shell: GateShell::new(web.names(), Site::Demo),
        folder: folder.display().to_string(),
        mails: mails.into_iter().map(Line::from).collect(),
    })
}

/// `/demo/mail/{name}`
pub async fn show(
    State(web): State<Web>,
    Path(name): Path<String>,
    folder: Arc<FilePath>,
) -> PageResult {
    let mail = catcher::read(&folder, &name)
        .await
        .map_err(AppError::internal)?
        .ok_or(AppError::NotFound)?;
    answer::page(&Letter {
        shell: GateShell::new(web.names(), Site::Demo),
        message_id: mail.summary.message_id.clone(),
        mail: mail.summary.into(),
        body: pieces(&mail.body),
    })
}

/// `/demo/mail/{name}/raw`: the very bytes.
pub async fn raw(Path(name): Path<String>, folder: Arc<FilePath>) -> PageResult {
    let mail = catcher::read(&folder, &name)
        .await
        .map_err(AppError::internal)?
        .ok_or(AppError::NotFound)?;
    let head = [
        (header::CONTENT_TYPE, "message/rfc822"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"mail.eml\"",
        ),
    ];
    Ok((head, mail.raw).into_response())
}

fn pieces(body: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in body.split_inclusive('\n') {
        let address = line.trim();
        let link = (address.starts_with("http://") || address.starts_with("https://"))
            && !address.contains(char::is_whitespace);
        let (text, rest) = if link {
            (address.to_owned(), "\n")
        } else {
            (line.to_owned(), "")
        };
        pieces.push(Piece { text, link });
        if !rest.is_empty() {
            pieces.push(Piece {
                text: rest.to_owned(),
                link: false,
            });
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_on_its_own_line_can_be_pressed() {
        let pieces = pieces("次から：\n  http://127.0.0.1:8080/netdesk/x\nおわり\n");
        let links: Vec<_> = pieces.iter().filter(|piece| piece.link).collect();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].text, "http://127.0.0.1:8080/netdesk/x");
    }
}
