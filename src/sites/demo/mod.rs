//! What exists only under `demo`: the three doors, and the mails that were caught.

mod door;
mod mail;

use std::path::PathBuf;
use std::sync::Arc;

use crate::web::routes::{Access, Routes};
use crate::web::site::Site;

/// `/` and `/demo/mail`. `mails` is the catcher's folder.
pub fn routes(mails: PathBuf) -> Routes {
    let mails: Arc<std::path::Path> = mails.into();
    let (list, one, raw) = (mails.clone(), mails.clone(), mails);
    Routes::new(Site::Demo)
        .get("/", Access::Public, door::show)
        .get("/demo/mail", Access::Public, move |web| {
            mail::list(web, list)
        })
        .get("/demo/mail/{name}", Access::Public, move |web, name| {
            mail::show(web, name, one)
        })
        .get("/demo/mail/{name}/raw", Access::Public, move |name| {
            mail::raw(name, raw)
        })
}
