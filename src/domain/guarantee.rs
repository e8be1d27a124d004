//! The guarantee's life (domain.md §6.4), reckoned from its signed chain: which version holds, which
//! are shown, what may still be done. Nothing here is stored; every site reckons it from the links it
//! has verified itself.

use time::{Date, OffsetDateTime};

use super::certificate::{CertificateFace, Occasion, Standing};

#[cfg(test)]
mod tests;

/// One link of the chain, as far as life hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// From 1, without a gap.
    pub seq: u32,
    pub occasion: Occasion,
    /// 訂正: the link it stands for.
    pub corrects: Option<u32>,
    /// 電子保証発行日時, or the signing of a paper certificate.
    pub at: OffsetDateTime,
}

impl Link {
    pub fn of(face: &CertificateFace, at: OffsetDateTime) -> Self {
        Self {
            seq: face.seq,
            occasion: face.occasion.clone(),
            corrects: face.corrects,
            at,
        }
    }
}

/// What became of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// In the history everybody sees.
    Shown,
    /// 訂正済: another link stands in its place since then.
    Corrected { by: u32, at: OffsetDateTime },
    /// 変更取消
    Cancelled { by: u32, at: OffsetDateTime },
}

/// A certificate of the chain (新規, 変更ーn, or one that stands for it after a 訂正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub seq: u32,
    pub occasion: Occasion,
    pub corrects: Option<u32>,
    pub at: OffsetDateTime,
    pub fate: Fate,
}

/// 解約
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub seq: u32,
    pub on: Date,
    pub at: OffsetDateTime,
}

/// A guarantee's life up to a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Every certificate, in the order of the chain.
    pub versions: Vec<Version>,
    /// The version that holds.
    pub in_force: u32,
    /// The chain's last link, statements included.
    pub last: u32,
    /// How many numbers 変更ーn are used up; a cancelled one stays used.
    pub changes: u32,
    pub end: Option<End>,
}

/// Why links are no life: somebody meddled, or a link is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("a chain without its first certificate")]
    Headless,
    #[error("link {0} is not where it belongs")]
    Place(u32),
    #[error("link {0} changes, corrects or cancels what it may not")]
    Step(u32),
}

/// Why an act does not fit; the sentence is for the person who tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Barrier {
    Ended,
    Expired,
    /// A version that was corrected or cancelled, or never was.
    Hidden,
    /// 変更取消 of something else than the latest change in force.
    NotLatestChange,
    /// Nothing was changed.
    NoChange,
}

impl Barrier {
    /// What, and what to do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Ended => {
                "この保証契約は解約されています。解約のあとは、変更・訂正・取消はできません。引き続き保証が要るときは、新しい保証の申込からお手続きください。"
            }
            Self::Expired => {
                "保証期限が過ぎています。期限の過ぎた保証契約は変更できません。お急ぎのときは取扱支店へお電話ください。"
            }
            Self::Hidden => {
                "この版は訂正または取消されているため、対象にできません。いま表示されている版を選んでください。"
            }
            Self::NotLatestChange => {
                "取り消せるのは、いま有効ないちばん新しい変更だけです。新しい変更から順に取り消してください。"
            }
            Self::NoChange => {
                "取り消せる変更がありません。新規の内容の誤りは訂正、保証契約を終えるときは解約を起案してください。"
            }
        }
    }
}

impl Life {
    /// Reckons the life from the links, in the chain's order.
    ///
    /// # Errors
    /// [`Broken`] where the links do not make one: then nothing may be shown as in force.
    pub fn of(links: &[Link]) -> Result<Self, Broken> {
        let (first, rest) = links.split_first().ok_or(Broken::Headless)?;
        if first.occasion != Occasion::New || first.corrects.is_some() {
            return Err(Broken::Headless);
        }
        if first.seq != 1 {
            return Err(Broken::Place(first.seq));
        }
        let mut life = Self {
            versions: vec![version(first)],
            in_force: 1,
            last: 1,
            changes: 0,
            end: None,
        };
        for link in rest {
            life.take(link)?;
        }
        Ok(life)
    }

    /// The life as it was at a moment: only links that had arrived by then. `None` before the first.
    ///
    /// # Errors
    /// As [`Life::of`].
    pub fn as_of(links: &[Link], moment: OffsetDateTime) -> Result<Option<Self>, Broken> {
        let known: Vec<Link> = links
            .iter()
            .filter(|link| link.at <= moment)
            .cloned()
            .collect();
        if known.is_empty() {
            return Ok(None);
        }
        Self::of(&known).map(Some)
    }

    fn take(&mut self, link: &Link) -> Result<(), Broken> {
        if link.seq != self.last + 1 {
            return Err(Broken::Place(link.seq));
        }
        if self.end.is_some() {
            return Err(Broken::Step(link.seq));
        }
        match (&link.occasion, link.corrects) {
            (Occasion::New | Occasion::Change { .. }, Some(of)) => self.correct(link, of)?,
            (Occasion::Change { number }, None) if *number == self.changes + 1 => {
                self.changes = *number;
                self.in_force = link.seq;
                self.versions.push(version(link));
            }
            (Occasion::Cancellation { number, cancels }, None) => {
                self.cancel(link, *number, *cancels)?;
            }
            (Occasion::Termination { on }, None) => {
                self.end = Some(End {
                    seq: link.seq,
                    on: *on,
                    at: link.at,
                });
            }
            _ => return Err(Broken::Step(link.seq)),
        }
        self.last = link.seq;
        Ok(())
    }

    fn correct(&mut self, link: &Link, of: u32) -> Result<(), Broken> {
        let found = self.versions.iter_mut().find(|known| known.seq == of);
        let Some(known) = found.filter(|known| known.fate == Fate::Shown) else {
            return Err(Broken::Step(link.seq));
        };
        if known.occasion != link.occasion {
            return Err(Broken::Step(link.seq));
        }
        known.fate = Fate::Corrected {
            by: link.seq,
            at: link.at,
        };
        if self.in_force == of {
            self.in_force = link.seq;
        }
        self.versions.push(version(link));
        Ok(())
    }

    fn cancel(&mut self, link: &Link, number: u32, cancels: u32) -> Result<(), Broken> {
        let fits = self.cancellable() == Ok((cancels, number));
        let found = self.versions.iter_mut().find(|known| known.seq == cancels);
        let Some(known) = found.filter(|_| fits) else {
            return Err(Broken::Step(link.seq));
        };
        known.fate = Fate::Cancelled {
            by: link.seq,
            at: link.at,
        };
        let newest = self
            .shown()
            .map(|known| (known.occasion.change(), known.seq));
        self.in_force = newest.max().map_or(self.in_force, |(_, seq)| seq);
        Ok(())
    }

    /// The history everybody sees: 新規 first, then the changes by their numbers.
    pub fn history(&self) -> Vec<&Version> {
        let mut shown: Vec<&Version> = self.shown().collect();
        shown.sort_by_key(|known| known.occasion.change());
        shown
    }

    fn shown(&self) -> impl Iterator<Item = &Version> {
        self.versions
            .iter()
            .filter(|known| known.fate == Fate::Shown)
    }

    /// What was withdrawn: corrected and cancelled versions.
    pub fn withdrawn(&self) -> impl Iterator<Item = &Version> {
        self.versions
            .iter()
            .filter(|known| known.fate != Fate::Shown)
    }

    pub fn version(&self, seq: u32) -> Option<&Version> {
        self.versions.iter().find(|known| known.seq == seq)
    }

    /// Seen by everybody who may see the guarantee.
    pub fn is_shown(&self, seq: u32) -> bool {
        self.version(seq)
            .is_some_and(|known| known.fate == Fate::Shown)
    }

    /// The shown version before this one, by the numbers of changes.
    pub fn before(&self, seq: u32) -> Option<&Version> {
        let history = self.history();
        let at = history.iter().position(|known| known.seq == seq)?;
        history.get(at.checked_sub(1)?).copied()
    }

    /// The number the next change gets; one that was cancelled is not used again.
    pub fn next_change(&self) -> u32 {
        self.changes + 1
    }

    /// How the guarantee stands on a day: `dated` and `until` are those of the version in force.
    pub fn standing(&self, today: Date, dated: Date, until: Date) -> Standing {
        match self.end {
            Some(end) => Standing::Ended(end.on),
            None => Standing::on(today, dated, until),
        }
    }

    /// May it be changed on `today`?
    ///
    /// # Errors
    /// The [`Barrier`].
    pub fn changeable(&self, today: Date, until: Date) -> Result<(), Barrier> {
        self.alive()?;
        if today > until {
            return Err(Barrier::Expired);
        }
        Ok(())
    }

    /// May this version be corrected?
    ///
    /// # Errors
    /// The [`Barrier`].
    pub fn correctable(&self, seq: u32) -> Result<(), Barrier> {
        self.alive()?;
        if self.is_shown(seq) {
            Ok(())
        } else {
            Err(Barrier::Hidden)
        }
    }

    /// The change that may be cancelled: its link and its number.
    ///
    /// # Errors
    /// The [`Barrier`].
    pub fn cancellable(&self) -> Result<(u32, u32), Barrier> {
        self.alive()?;
        let held = self.version(self.in_force);
        match held.map(|held| (held.seq, held.occasion.change())) {
            Some((seq, number)) if number > 0 => Ok((seq, number)),
            _ => Err(Barrier::NoChange),
        }
    }

    /// May this version be cancelled?
    ///
    /// # Errors
    /// The [`Barrier`].
    pub fn may_cancel(&self, seq: u32) -> Result<u32, Barrier> {
        let (latest, number) = self.cancellable()?;
        if latest == seq {
            return Ok(number);
        }
        Err(if self.is_shown(seq) {
            Barrier::NotLatestChange
        } else {
            Barrier::Hidden
        })
    }

    /// The guarantee has not ended.
    ///
    /// # Errors
    /// [`Barrier::Ended`]
    pub fn alive(&self) -> Result<(), Barrier> {
        match self.end {
            Some(_) => Err(Barrier::Ended),
            None => Ok(()),
        }
    }
}

fn version(link: &Link) -> Version {
    Version {
        seq: link.seq,
        occasion: link.occasion.clone(),
        corrects: link.corrects,
        at: link.at,
        fate: Fate::Shown,
    }
}
