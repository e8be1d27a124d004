//! `keys`: making and turning the rings.

use std::path::PathBuf;

use akashi::clock::{Chance, Clock};
use akashi::domain::era;
use akashi::vault::cli::{self, Rotate};
use clap::{Subcommand, ValueEnum};

use super::{Ended, say};

#[derive(Debug, Subcommand)]
pub enum Deed {
    /// Makes the rings that are not there yet, one file each, readable by their owner only.
    Make {
        /// Folder to put them in; it must exist.
        #[arg(long)]
        dir: PathBuf,
        /// The letters of the sureties that sign here: `MH`.
        #[arg(long)]
        sureties: String,
    },
    /// Adds a new current key to a ring; the older ones stay for what they sealed or signed.
    Rotate {
        #[arg(long)]
        dir: PathBuf,
        ring: RingName,
        /// The surety whose signing key is turned.
        #[arg(long)]
        surety: Option<char>,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RingName {
    Kek,
    Pepper,
    Signing,
}

pub fn run(deed: &Deed) -> Ended {
    let chance = Chance::System;
    let today = era::tokyo_date(Clock::System.now());
    match deed {
        Deed::Make { dir, sureties } => {
            let letters: Vec<char> = sureties.chars().collect();
            if letters.is_empty() || !letters.iter().all(char::is_ascii_uppercase) {
                return Err("--sureties takes the sureties' letters, like MH.".to_owned());
            }
            let made = cli::make_keys(dir, &letters, &mut chance.rng(), today)
                .map_err(|error| error.sentence())?;
            for file in made {
                say(&format!("{}", file.display()));
            }
        }
        Deed::Rotate { dir, ring, surety } => {
            let which = match (ring, surety) {
                (RingName::Kek, None) => Rotate::Kek,
                (RingName::Pepper, None) => Rotate::Pepper,
                (RingName::Signing, Some(letter)) => Rotate::Signing(*letter),
                (RingName::Signing, None) => {
                    return Err(
                        "a signing key belongs to a surety: name it by --surety.".to_owned()
                    );
                }
                (_, Some(_)) => return Err("--surety goes with signing only.".to_owned()),
            };
            let file = cli::rotate(dir, which, &mut chance.rng(), today)
                .map_err(|error| error.sentence())?;
            say(&format!("{}", file.display()));
            say("Restart the readers (Net Desk, D-Sure) before the worker.");
        }
    }
    Ok(())
}
