//! The sites side by side: a room for each audience.

pub mod demo;

use crate::web::routes::Routes;
use crate::web::site::Site;

/// The routes of one site; `demo` brings its own (see [`demo::routes`]).
pub fn routes(site: Site) -> Routes {
    Routes::new(site)
}
