//! 保証申込 in the Office: the queue, one case with everything behind it, and the acts that fit.

pub mod acts;
pub mod case;
mod change;
pub mod documents;
pub mod facts;
pub mod post;
pub mod queue;
pub mod way;

pub use case::show;
pub use queue::list;
