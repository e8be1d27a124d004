//! ヘルプ: one page, true and short.

use askama::Template;
use axum::extract::State;

use super::gate;
use crate::web::answer::{PageResult, page};
use crate::web::shell::GateShell;
use crate::web::state::Web;

#[derive(Template)]
#[template(path = "dsure/help/show.html")]
struct HelpPage {
    shell: GateShell,
}

/// The help of this site.
///
/// # Errors
/// When the template fails.
pub async fn show(State(web): State<Web>) -> PageResult {
    let mut shell = gate(&web);
    shell.help = None;
    page(&HelpPage { shell })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::site::{Names, Site};

    #[test]
    fn help_leads_back_to_the_door() {
        let shell = GateShell::new(&Names::default(), Site::Dsure);
        let html = HelpPage { shell }.render().unwrap();
        assert!(html.contains("<h1>電子証書の確認のヘルプ</h1>"));
        assert!(html.contains(r#"href="/dsure/">番号と認証キーの入力へ"#));
        assert!(html.contains(r#"href="/dsure/keys.json""#));
    }
}
