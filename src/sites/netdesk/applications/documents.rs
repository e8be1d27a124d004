//! 認定調書: attached on the check page, replaced there until the application is sent.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use tokio::sync::Semaphore;

use super::{Id, confirm};
use crate::domain::upload::{LARGEST, UploadFault};
use crate::error::AppError;
use crate::services::ContractorUser;
use crate::services::documents::{self, APPROVAL_RECORD, Attached};
use crate::web::answer::PageResult;
use crate::web::flash::see_other_telling;
use crate::web::page::Flash;
use crate::web::state::Web;
use crate::web::urls::netdesk::Application;

/// The form's name of the file.
pub const FILE: &str = "file";
/// What stands around a file on the way.
const ENVELOPE: usize = 16 * 1024;
/// So much more is still taken in and thrown away, so that its sender reads the answer.
const DRAINED: usize = 4 * LARGEST;
/// Files are held in memory while they are judged: so many at once.
static AT_ONCE: Semaphore = Semaphore::const_new(16);
/// How long somebody waits for a place.
const QUEUE: Duration = Duration::from_secs(10);

/// What arrived.
enum Arrived {
    File { name: String, bytes: Vec<u8> },
    Fault(UploadFault),
}

/// POST 認定調書
pub async fn attach(
    State(web): State<Web>,
    who: ContractorUser,
    Id(id): Id,
    request: Request,
) -> PageResult {
    let arrived = {
        let Ok(Ok(_place)) = tokio::time::timeout(QUEUE, AT_ONCE.acquire()).await else {
            return Err(AppError::Busy(10));
        };
        match receive(request).await {
            Ok(Arrived::Fault(fault)) => Err(fault),
            Ok(Arrived::File { name, bytes }) => {
                match documents::attach(&web, &who, id, &name, &bytes).await? {
                    Attached::Done => Ok(true),
                    Attached::Closed => Ok(false),
                    Attached::Refused(fault) => Err(fault),
                }
            }
            Err(status) => return Ok(status.into_response()),
        }
    };
    let address = Application(id);
    match arrived {
        Ok(true) => {
            let words = format!("{APPROVAL_RECORD}を添付しました。まだ送信していません。");
            let to = format!("{}#h-record", address.confirmation());
            Ok(see_other_telling(&web, to, &Flash::ok(words)))
        }
        Ok(false) => {
            let words = "この申込は、すでに送信されています。認定調書は差し替えていません。";
            Ok(see_other_telling(
                &web,
                address.status(),
                &Flash::warn(words),
            ))
        }
        Err(fault) => {
            confirm::refused_record(&web, &who, id, fault.sentence(APPROVAL_RECORD)).await
        }
    }
}

/// The one file of the form. A status where what was sent is no such form, or its end never came.
async fn receive(request: Request) -> Result<Arrived, StatusCode> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > LARGEST + ENVELOPE) {
        drain(request).await;
        return Ok(Arrived::Fault(UploadFault::TooLarge));
    }
    let boundary = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| multer::parse_boundary(kind.to_str().ok()?).ok())
        .ok_or(StatusCode::UNSUPPORTED_MEDIA_TYPE)?;
    let mut form = multer::Multipart::new(request.into_body().into_data_stream(), boundary);
    let mut arrived = None;
    let mut taken = 0;
    loop {
        let part = form
            .next_field()
            .await
            .map_err(|_| StatusCode::BAD_REQUEST)?;
        let Some(mut part) = part else { break };
        if part.name() != Some(FILE) || arrived.is_some() {
            continue;
        }
        let name = part.file_name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|_| StatusCode::BAD_REQUEST)? {
            taken += piece.len();
            if taken > DRAINED {
                return Ok(Arrived::Fault(UploadFault::TooLarge));
            }
            // One byte more than allowed tells; the rest need not be kept.
            let room = (LARGEST + 1).saturating_sub(bytes.len());
            bytes.extend(piece.iter().take(room));
        }
        arrived = Some(Arrived::File { name, bytes });
    }
    Ok(arrived.unwrap_or(Arrived::Fault(UploadFault::Empty)))
}

/// A browser that is still sending does not listen: takes in what comes, within bounds.
async fn drain(request: Request) {
    use http_body_util::BodyExt;
    let mut body = request.into_body();
    let mut taken = 0;
    while let Some(Ok(frame)) = body.frame().await {
        taken += frame.data_ref().map_or(0, |data| data.len());
        if taken > DRAINED {
            return;
        }
    }
}
