//! Net Desk: contractors apply, see what was issued, and fetch keys.

pub mod certificates;
pub mod frame;
pub mod guarantee;
pub mod guarantees;
pub mod key_notice;
pub mod places;

use crate::web::routes::{Access, CompanyRight, Routes};
use crate::web::site::Site;
use crate::web::urls::netdesk as to;

const READ: Access = Access::Contractor(CompanyRight::Read);
const SEE_KEY: Access = Access::Contractor(CompanyRight::SeeKey);

/// The table of routes.
pub fn routes() -> Routes {
    Routes::new(Site::Netdesk)
        .get(to::GUARANTEES, READ, guarantees::list)
        .get("/netdesk/guarantees/{number}", READ, guarantee::detail)
        .get(
            "/netdesk/guarantees/{number}/key-notice.pdf",
            SEE_KEY,
            key_notice::pdf,
        )
        // `{seq}`, `{seq}.pdf` and `{seq}.json`
        .get(
            "/netdesk/guarantees/{number}/certificates/{file}",
            READ,
            certificates::show,
        )
}
