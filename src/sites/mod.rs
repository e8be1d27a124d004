//! The sites side by side: a room for each audience.

pub mod demo;
pub mod netdesk;

use crate::web::routes::Routes;
use crate::web::site::Site;

/// The routes of one site; `demo` brings its own (see [`demo::routes`]).
pub fn routes(site: Site) -> Routes {
    let routes = Routes::new(site);
    match site {
        Site::Netdesk => routes.and(netdesk::application_routes()),
        Site::Office | Site::Dsure | Site::Demo => routes,
    }
}
