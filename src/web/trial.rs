//! A web layer without a database, for tests of what needs none.

use super::site::Site;
use super::state::Web;
use crate::app::App;

/// Addresses are `https://netdesk.example/netdesk` and so on; whoever asks the database fails.
pub(super) fn web(site: Site, https: bool) -> Web {
    Web::new(App::nowhere(if https { "https" } else { "http" }), site, 0)
}
