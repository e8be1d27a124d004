//! What a copy of a certificate says in its frame where the version it shows does not hold today. The
//! signed face itself stays as it was signed.

use super::certificate::Standing;
use super::era;
use super::guarantee::Fate;

/// Which version of its guarantee a copy shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The version in force; after a 解約, the last one that was.
    InForce,
    /// An earlier version; with the label of the one in force.
    Earlier(String),
    /// 訂正 or 変更取消: it counts no more.
    Withdrawn(&'static str),
}

impl Place {
    /// Of a version that is not in force; `held` is the label of the one that is.
    pub fn earlier(fate: Fate, held: String) -> Self {
        match fate {
            Fate::Shown => Self::Earlier(held),
            Fate::Corrected { .. } => Self::Withdrawn("訂正"),
            Fate::Cancelled { .. } => Self::Withdrawn("変更取消"),
        }
    }
}

/// The sentences, the gravest first; none for a version that holds. `standing` is the guarantee's.
pub fn remark(standing: Standing, place: &Place) -> Vec<String> {
    let ended = match standing {
        Standing::Ended(on) => Some(format!("解約済（{}）", era::plain(on))),
        Standing::Expired => Some("期限切れ".to_owned()),
        Standing::InForce | Standing::NotYet => None,
    };
    let passed = match place {
        Place::InForce => None,
        Place::Earlier(held) => Some(format!("前の版　最新は{held}")),
        Place::Withdrawn(how) => Some(format!("{how}により取下げ")),
    };
    ended.into_iter().chain(passed).collect()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_copy_says_what_does_not_hold() {
        let ended = Standing::Ended(date!(2026 - 11 - 22));
        let earlier = Place::Earlier("変更ー1".to_owned());
        let said = |standing, place| remark(standing, place).join("｜");
        assert_eq!(said(Standing::InForce, &Place::InForce), "");
        assert_eq!(said(Standing::NotYet, &Place::InForce), "");
        assert_eq!(said(Standing::Expired, &Place::InForce), "期限切れ");
        assert_eq!(said(ended, &Place::InForce), "解約済（令和8年11月22日）");
        assert_eq!(said(Standing::InForce, &earlier), "前の版　最新は変更ー1");
        assert_eq!(
            said(ended, &earlier),
            "解約済（令和8年11月22日）｜前の版　最新は変更ー1"
        );
        assert_eq!(
            said(Standing::InForce, &Place::Withdrawn("訂正")),
            "訂正により取下げ"
        );
    }
}
