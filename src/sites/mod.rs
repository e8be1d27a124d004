//! The sites side by side: a room for each audience.

pub mod demo;
pub mod dsure;
pub mod netdesk;
pub mod office;

use crate::web::routes::Routes;
use crate::web::site::Site;

/// The routes of one site; `demo` brings its own (see [`demo::routes`]).
pub fn routes(site: Site) -> Routes {
    match site {
        Site::Netdesk => netdesk::routes(),
        Site::Office => office::routes(),
        Site::Dsure => dsure::routes(),
        Site::Demo => Routes::new(site),
    }
}
