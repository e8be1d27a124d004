//! The sites side by side: a room for each audience.

pub mod demo;
pub mod dsure;
pub mod netdesk;

use crate::web::routes::Routes;
use crate::web::site::Site;

/// The routes of one site; `demo` brings its own (see [`demo::routes`]).
pub fn routes(site: Site) -> Routes {
    match site {
        Site::Netdesk => netdesk::routes(),
        Site::Dsure => dsure::routes(),
        Site::Office | Site::Demo => Routes::new(site),
    }
}
