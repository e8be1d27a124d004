//! argon2id on threads of its own: one per core, one reused block of memory each, a bounded queue.
//!
//! On tokio's blocking pool every one of its threads keeps its 19 MiB, and the process grows to half
//! a gigabyte; two threads with a block each are faster and stay small.
//!
//! Passwords are hashed without pepper, because the process that checks them (Net Desk, Office) holds
//! none. Verifiers of authentication keys carry the pepper, which only the worker and D-Sure hold.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argon2::Block;
use subtle::{Choice, ConstantTimeEq};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::fault::VaultError;
use super::phc::{self, Cost, Recipe};
use super::ring::Ring;

/// Jobs that may wait; the next one is told [`HashFault::Busy`].
pub const QUEUE: usize = 32;

/// Longest secret in bytes. Checked before any work; see [`Hashing::verify`].
pub const LONGEST: usize = 256;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashFault {
    /// The queue is full: 503 with Retry-After.
    #[error("the queue of the hashing threads is full")]
    Busy,
    /// Only on hashing; a check of such a secret is simply false.
    #[error("a secret is longer than {LONGEST} bytes")]
    TooLong,
    /// The stored text is no argon2id hash this program would have made.
    #[error("a stored hash cannot be read")]
    Unreadable,
    /// A verifier needs a pepper that this process does not hold.
    #[error("this process lacks pepper {0:?}")]
    NoPepper(Option<String>),
    /// The thread failed under the job.
    #[error("a hashing thread failed")]
    Failed,
}

/// The threads. Clones share them; they end when the last clone is dropped.
#[derive(Clone)]
pub struct Hashing {
    queue: SyncSender<Job>,
    shared: Arc<Shared>,
}

struct Shared {
    peppers: Option<Ring>,
    cost: Cost,
    blocks: AtomicUsize,
    hashed: AtomicUsize,
    threads: usize,
}

struct Job {
    secret: Zeroizing<Vec<u8>>,
    recipe: Recipe,
    answer: oneshot::Sender<Result<[u8; 32], HashFault>>,
}

impl std::fmt::Debug for Hashing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hashing")
            .field("threads", &self.shared.threads)
            .field("cost", &self.shared.cost)
            .finish_non_exhaustive()
    }
}

impl Hashing {
    /// Starts `threads` threads (at least one). `peppers` where authentication keys are hashed or checked.
    ///
    /// # Errors
    /// [`VaultError::Threads`] when the system gives no thread.
    pub fn new(peppers: Option<Ring>, threads: usize, cost: Cost) -> Result<Self, VaultError> {
        let threads = threads.max(1);
        let shared = Arc::new(Shared {
            peppers,
            cost,
            blocks: AtomicUsize::new(0),
            hashed: AtomicUsize::new(0),
            threads,
        });
        let (queue, jobs) = sync_channel(QUEUE);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads {
            let (jobs, shared) = (Arc::clone(&jobs), Arc::clone(&shared));
            thread::Builder::new()
                .name(format!("hashing-{number}"))
                .spawn(move || work(&jobs, &shared))
                .map_err(VaultError::Threads)?;
        }
        Ok(Self { queue, shared })
    }

    /// Hash of a password, as a PHC string. `salt` is fresh from the caller's generator.
    ///
    /// # Errors
    /// [`HashFault::TooLong`] beyond [`LONGEST`], [`HashFault::Busy`], [`HashFault::Failed`].
    pub async fn hash(&self, secret: &str, salt: [u8; 16]) -> Result<String, HashFault> {
        self.hash_by(Recipe::new(self.shared.cost, None, salt), secret)
            .await
    }

    /// Verifier of an authentication key: hash with the newest pepper, whose id stands in `keyid=`.
    ///
    /// # Errors
    /// As [`Hashing::hash`], and [`HashFault::NoPepper`].
    pub async fn hash_key(&self, secret: &str, salt: [u8; 16]) -> Result<String, HashFault> {
        let peppers = self.shared.peppers.as_ref();
        let ring = peppers.ok_or(HashFault::NoPepper(None))?;
        let pepper = ring.keys().current_id().to_owned();
        self.hash_by(Recipe::new(self.shared.cost, Some(pepper), salt), secret)
            .await
    }

    /// Whether a stored hash, with pepper or without, is that of `secret`.
    ///
    /// A secret over [`LONGEST`] is wrong at the price of a wrong one, so that length tells nothing.
    ///
    /// # Errors
    /// [`HashFault::Unreadable`], [`HashFault::Busy`], [`HashFault::NoPepper`], [`HashFault::Failed`].
    pub async fn verify(&self, secret: &str, phc: &str) -> Result<bool, HashFault> {
        let (recipe, expected) = phc::read(phc)?;
        self.compare(recipe, expected, secret, Choice::from(1))
            .await
    }

    /// As [`Hashing::verify`]; without a stored hash (no such login id) false, after the same work.
    ///
    /// # Errors
    /// As [`Hashing::verify`].
    pub async fn verify_or_dummy(
        &self,
        secret: &str,
        phc: Option<&str>,
    ) -> Result<bool, HashFault> {
        match phc {
            Some(phc) => self.verify(secret, phc).await,
            None => self.dummy(secret, None).await,
        }
    }

    /// As [`Hashing::verify_or_dummy`] for authentication keys: a verifier without pepper is never right.
    ///
    /// # Errors
    /// As [`Hashing::verify`]; [`HashFault::NoPepper`] whatever is typed where this process has none.
    pub async fn verify_key_or_dummy(
        &self,
        secret: &str,
        phc: Option<&str>,
    ) -> Result<bool, HashFault> {
        let peppers = self.shared.peppers.as_ref();
        let ring = peppers.ok_or(HashFault::NoPepper(None))?;
        let Some(phc) = phc else {
            let pepper = ring.keys().current_id().to_owned();
            return self.dummy(secret, Some(pepper)).await;
        };
        let (recipe, expected) = phc::read(phc)?;
        let peppered = Choice::from(u8::from(recipe.pepper.is_some()));
        self.compare(recipe, expected, secret, peppered).await
    }

    /// Whether a hash was made at today's cost and, where it has a pepper, with the newest one.
    /// If not, hash again while the secret is at hand.
    pub fn is_current(&self, phc: &str) -> bool {
        let Ok((recipe, _)) = phc::read(phc) else {
            return false;
        };
        let pepper = match (&recipe.pepper, &self.shared.peppers) {
            (None, _) => true,
            (Some(id), Some(ring)) => ring.keys().current_id() == id,
            (Some(_), None) => false,
        };
        pepper && recipe.is_at(self.shared.cost)
    }

    /// How many threads work.
    pub fn threads(&self) -> usize {
        self.shared.threads
    }

    /// How many blocks of memory were ever taken: never more than there are threads.
    pub fn blocks(&self) -> usize {
        self.shared.blocks.load(Ordering::Relaxed)
    }

    /// How many hashes were reckoned so far.
    pub fn hashed(&self) -> usize {
        self.shared.hashed.load(Ordering::Relaxed)
    }

    async fn hash_by(&self, recipe: Recipe, secret: &str) -> Result<String, HashFault> {
        if secret.len() > LONGEST {
            return Err(HashFault::TooLong);
        }
        let output = self.run(recipe.clone(), secret).await?;
        recipe.write(&output)
    }

    async fn dummy(&self, secret: &str, pepper: Option<String>) -> Result<bool, HashFault> {
        let recipe = Recipe::new(self.shared.cost, pepper, [0x5a; 16]);
        self.compare(recipe, [0; 32], secret, Choice::from(0)).await
    }

    async fn compare(
        &self,
        recipe: Recipe,
        expected: [u8; 32],
        secret: &str,
        may_be_right: Choice,
    ) -> Result<bool, HashFault> {
        let short = Choice::from(u8::from(secret.len() <= LONGEST));
        let secret = if secret.len() <= LONGEST { secret } else { "" };
        let output = Zeroizing::new(self.run(recipe, secret).await?);
        Ok((output.ct_eq(&expected) & short & may_be_right).into())
    }

    async fn run(&self, recipe: Recipe, secret: &str) -> Result<[u8; 32], HashFault> {
        let (answer, answered) = oneshot::channel();
        let job = Job {
            secret: Zeroizing::new(secret.as_bytes().to_vec()),
            recipe,
            answer,
        };
        self.queue.try_send(job).map_err(|full| match full {
            TrySendError::Full(_) => HashFault::Busy,
            TrySendError::Disconnected(_) => HashFault::Failed,
        })?;
        answered.await.unwrap_or(Err(HashFault::Failed))
    }
}

/// What one thread does until the last [`Hashing`] is dropped.
fn work(jobs: &Mutex<Receiver<Job>>, shared: &Shared) {
    let mut memory: Vec<Block> = Vec::new();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        if job.answer.is_closed() {
            // Whoever asked has gone: no work for nobody.
            continue;
        }
        let done = catch_unwind(AssertUnwindSafe(|| {
            let needed = job.recipe.blocks();
            if memory.len() < needed {
                if memory.is_empty() {
                    shared.blocks.fetch_add(1, Ordering::Relaxed);
                }
                // The old block goes before the new one comes.
                memory = Vec::new();
                memory = vec![Block::new(); needed];
            }
            shared.hashed.fetch_add(1, Ordering::Relaxed);
            job.recipe
                .hash(shared.peppers.as_ref(), &job.secret, &mut memory)
        }));
        // Whoever asked may have gone meanwhile.
        let _ = job.answer.send(done.unwrap_or(Err(HashFault::Failed)));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::date;
    use tokio::task::JoinSet;

    use super::*;
    use crate::vault::Part;

    const KEY: &str = "Z28YUE4J3Bux";
    const SALT: [u8; 16] = [0x11; 16];
    /// Made by Python's `cryptography` with salt [`SALT`] and, where there is a pepper, `00 01 … 1f`.
    const PLAIN: &str = "$argon2id$v=19$m=19456,t=2,p=1$EREREREREREREREREREREQ$yr+1D38A5ZZd6QtI5S43pVCErVggjEr/0sIBew9Z6eU";
    const PEPPERED: &str = "$argon2id$v=19$m=19456,t=2,p=1,keyid=YjhlNDNkOGE$EREREREREREREREREREREQ$2OCg0uz2Srgd05wmehZLCLOZy8pssVgySOOcp5ORcrU";

    fn peppers() -> Ring {
        Ring::of(Part::Pepper, std::array::from_fn(|index| index as u8))
    }

    fn hashing(threads: usize, cost: Cost) -> Hashing {
        Hashing::new(Some(peppers()), threads, cost).unwrap()
    }

    #[tokio::test]
    async fn agrees_with_another_implementation() {
        let hashing = hashing(1, Cost::Real);
        assert_eq!(hashing.hash(KEY, SALT).await.unwrap(), PLAIN);
        assert_eq!(hashing.hash_key(KEY, SALT).await.unwrap(), PEPPERED);
        assert_eq!(hashing.verify(KEY, PLAIN).await, Ok(true));
        assert_eq!(
            hashing.verify_key_or_dummy(KEY, Some(PEPPERED)).await,
            Ok(true)
        );
    }

    #[tokio::test]
    async fn one_other_letter_is_wrong() {
        let hashing = hashing(1, Cost::Cheap);
        let phc = hashing.hash_key(KEY, SALT).await.unwrap();
        assert_eq!(hashing.verify_key_or_dummy(KEY, Some(&phc)).await, Ok(true));
        for wrong in [
            "Z28YUE4J3BuX",
            "z28YUE4J3Bux",
            "Z28YUE4J3Bu",
            "Z28YUE4J3Bux ",
            "",
        ] {
            assert_eq!(
                hashing.verify_key_or_dummy(wrong, Some(&phc)).await,
                Ok(false),
                "{wrong:?}"
            );
        }
    }

    #[tokio::test]
    async fn absent_overlong_and_wrong_cost_the_same_work_and_are_false() {
        let hashing = hashing(1, Cost::Cheap);
        let empty = hashing.hash("", SALT).await.unwrap();
        let long = "x".repeat(LONGEST + 1);
        let before = hashing.hashed();
        assert_eq!(hashing.verify_or_dummy(KEY, None).await, Ok(false));
        assert_eq!(hashing.verify_key_or_dummy(KEY, None).await, Ok(false));
        assert_eq!(hashing.verify_or_dummy(KEY, Some(&empty)).await, Ok(false));
        assert_eq!(
            hashing.verify_or_dummy(&long, Some(&empty)).await,
            Ok(false)
        );
        assert_eq!(hashing.verify_or_dummy(&long, None).await, Ok(false));
        assert_eq!(hashing.hashed() - before, 5);
        assert_eq!(hashing.hash(&long, SALT).await, Err(HashFault::TooLong));
        let longest = "x".repeat(LONGEST);
        let phc = hashing.hash(&longest, SALT).await.unwrap();
        assert_eq!(hashing.verify(&longest, &phc).await, Ok(true));
    }

    #[tokio::test]
    async fn a_pepper_is_needed_and_may_be_rotated() {
        let mut ring = peppers();
        ring.rotate(&mut StdRng::seed_from_u64(1), date!(2027 - 04 - 01));
        let rotated = Hashing::new(Some(ring), 1, Cost::Real).unwrap();
        assert_eq!(
            rotated.verify_key_or_dummy(KEY, Some(PEPPERED)).await,
            Ok(true)
        );
        assert!(!rotated.is_current(PEPPERED) && rotated.is_current(PLAIN));
        let newer = rotated.hash_key(KEY, SALT).await.unwrap();
        assert!(rotated.is_current(&newer) && newer != PEPPERED);
        let without = Hashing::new(None, 1, Cost::Cheap).unwrap();
        assert_eq!(
            without.hash_key(KEY, SALT).await,
            Err(HashFault::NoPepper(None))
        );
        assert_eq!(
            without.verify_key_or_dummy(KEY, None).await,
            Err(HashFault::NoPepper(None))
        );
        let missing = without.verify(KEY, PEPPERED).await;
        assert_eq!(
            missing,
            Err(HashFault::NoPepper(Some("b8e43d8a".to_owned())))
        );
        let elsewhere = hashing(1, Cost::Cheap)
            .verify_key_or_dummy(KEY, Some(&newer))
            .await;
        assert!(matches!(elsewhere, Err(HashFault::NoPepper(Some(_)))));
    }

    #[tokio::test]
    async fn a_verifier_without_pepper_opens_no_certificate() {
        let hashing = hashing(1, Cost::Cheap);
        let planted = hashing.hash(KEY, SALT).await.unwrap();
        assert_eq!(hashing.verify(KEY, &planted).await, Ok(true));
        assert_eq!(
            hashing.verify_key_or_dummy(KEY, Some(&planted)).await,
            Ok(false)
        );
    }

    #[tokio::test]
    async fn stored_texts_of_others_are_refused_not_reckoned() {
        let hashing = hashing(1, Cost::Cheap);
        for text in [
            "",
            "plain password",
            &PLAIN.replace("argon2id", "argon2i"),
            &PLAIN.replace("v=19", "v=16"),
            &PLAIN.replace("m=19456", "m=4194304"),
            &PLAIN.replace("t=2", "t=4000000"),
            &PLAIN.replace("p=1", "p=4"),
            &PLAIN[..PLAIN.len() - 8],
        ] {
            assert_eq!(
                hashing.verify(KEY, text).await,
                Err(HashFault::Unreadable),
                "{text}"
            );
        }
        assert_eq!(hashing.hashed(), 0);
        assert!(!hashing.is_current("") && !hashing.is_current(PLAIN));
    }

    #[tokio::test]
    async fn many_at_once_share_one_block_per_thread() {
        let hashing = hashing(2, Cost::Cheap);
        let phc = hashing.hash(KEY, SALT).await.unwrap();
        let mut checks = JoinSet::new();
        for number in 0..64 {
            let (hashing, phc) = (hashing.clone(), phc.clone());
            checks.spawn(async move {
                let secret = if number % 2 == 0 { KEY } else { "wrong" };
                loop {
                    match hashing.verify(secret, &phc).await {
                        Err(HashFault::Busy) => tokio::time::sleep(Duration::from_millis(2)).await,
                        found => break found == Ok(number % 2 == 0),
                    }
                }
            });
        }
        assert!(checks.join_all().await.into_iter().all(|right| right));
        assert!(
            hashing.blocks() <= hashing.threads(),
            "{} blocks",
            hashing.blocks()
        );
        assert_eq!(hashing.hashed(), 65);
    }

    #[tokio::test]
    async fn beyond_the_queue_it_says_busy_and_recovers() {
        let hashing = hashing(1, Cost::Real);
        let mut checks = JoinSet::new();
        for _ in 0..64 {
            let hashing = hashing.clone();
            checks.spawn(async move { hashing.verify(KEY, PLAIN).await });
        }
        let found = checks.join_all().await;
        let right = found.iter().filter(|found| **found == Ok(true)).count();
        let busy = found
            .iter()
            .filter(|found| **found == Err(HashFault::Busy))
            .count();
        assert_eq!(right + busy, 64);
        // Those that waited, and those the thread took up before the last one asked.
        assert!(
            (QUEUE..QUEUE + 16).contains(&right),
            "{right} of 64 were taken"
        );
        assert_eq!(hashing.verify(KEY, PLAIN).await, Ok(true));
    }

    #[tokio::test]
    async fn no_work_is_done_for_a_caller_who_left() {
        let hashing = hashing(1, Cost::Real);
        let mut checks = JoinSet::new();
        for _ in 0..8 {
            let hashing = hashing.clone();
            checks.spawn(async move { hashing.verify(KEY, PLAIN).await });
        }
        tokio::task::yield_now().await;
        let gone = tokio::time::timeout(Duration::ZERO, hashing.verify(KEY, PLAIN)).await;
        assert!(gone.is_err());
        checks.join_all().await;
        assert_eq!(hashing.verify(KEY, PLAIN).await, Ok(true));
        assert_eq!(hashing.hashed(), 9);
    }
}
