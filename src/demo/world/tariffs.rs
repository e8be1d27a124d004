//! The demo's fee tables: examples that say so, and the one rate that has a source. They go the way of
//! every table: proposed by an administrator, put in force by a second person.

use super::officer;
use crate::app::App;
use crate::domain::era;
use crate::domain::fee::{FeeProduct, TypedBracket, TypedTable};
use crate::error::AppError;
use crate::services::fees::tables::{self, Decision, ProposalForm, Proposed, State};

/// Said wherever such a fee shows.
const DEMO: &str = "DEMO（実際の料率ではありません）";
/// 中間前払金保証: 0.065 % of the amount, whatever it is (domain.md §8.1).
const MIDTERM: &str = "中間前払金保証料率（一律0.065％）";

/// Who proposes and who decides, per surety.
const PEOPLE: [(&str, &str); 2] = [
    ("honsha.admin", "honsha.approver"),
    ("kita.admin", "sapporo.approver"),
];

/// Over, up to, rate, fixed fee; as typed.
type Row = [&'static str; 4];

fn table(product: FeeProduct) -> TypedTable {
    let (name, mode, minimum, tax, rows): (&str, &str, &str, &str, &[Row]) = match product {
        FeeProduct::Prepayment => (
            DEMO,
            "marginal",
            "1,000",
            "",
            &[
                ["0", "10,000,000", "0.18", ""],
                ["10,000,000", "100,000,000", "0.12", ""],
                ["100,000,000", "", "0.08", ""],
            ],
        ),
        FeeProduct::Midterm => (MIDTERM, "flat", "", "", &[["0", "", "650ppm", ""]]),
        FeeProduct::Contract => (
            DEMO,
            "flat",
            "1,000",
            "",
            &[
                ["0", "5,000,000", "0.5", ""],
                ["5,000,000", "50,000,000", "0.4", "5,000"],
                ["50,000,000", "", "0.3", "55,000"],
            ],
        ),
        FeeProduct::Reservation => (DEMO, "flat", "", "10", &[["0", "", "0", "7,000"]]),
    };
    TypedTable {
        name: name.to_owned(),
        mode: mode.to_owned(),
        brackets: rows
            .iter()
            .map(|[over, up_to, rate, base_fee]| TypedBracket {
                over: (*over).to_owned(),
                up_to: (*up_to).to_owned(),
                rate: (*rate).to_owned(),
                base_fee: (*base_fee).to_owned(),
            })
            .collect(),
        minimum: minimum.to_owned(),
        rounding: "floor".to_owned(),
        refund: "none".to_owned(),
        tax: tax.to_owned(),
    }
}

/// Puts in force what is not there yet.
pub(super) async fn set(app: &App) -> Result<(), AppError> {
    for (proposer, decider) in PEOPLE {
        let admin = officer(app, proposer).await?;
        let known = tables::list(app, &admin).await?;
        let missing = |product: &FeeProduct| {
            let mut own = known.iter().filter(|version| version.product == *product);
            !own.any(|version| version.state == State::InForce)
        };
        let missing: Vec<_> = FeeProduct::ALL.into_iter().filter(missing).collect();
        if missing.is_empty() {
            continue;
        }
        let second = officer(app, decider).await?;
        for product in missing {
            let waiting = known
                .iter()
                .find(|it| it.product == product && it.state == State::Proposed);
            let id = match waiting {
                Some(version) => version.id,
                None => propose(app, &admin, product).await?,
            };
            let decision = Decision::Approve { falls_meant: false };
            tables::decide(app, &second, id, &decision).await?;
        }
    }
    Ok(())
}

async fn propose(
    app: &App,
    admin: &crate::services::Officer,
    product: FeeProduct,
) -> Result<i64, AppError> {
    let form = ProposalForm {
        valid_from: era::slashed(era::tokyo_date(app.clock.now())),
        table: table(product),
        falls_meant: false,
    };
    match tables::propose(app, admin, product, &form).await? {
        Proposed::Done(id) => Ok(id),
        Proposed::Refused { faults, .. } => Err(AppError::internal(format!(
            "a demo fee table was refused: {faults:?}"
        ))),
    }
}
