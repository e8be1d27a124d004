//! What all sites share: look, layers, forms.

pub mod answer;
pub mod assets;
pub mod changed;
pub mod cookies;
pub mod fee;
pub mod field;
pub mod flash;
pub mod form;
#[cfg(test)]
pub(crate) mod gallery;
pub mod layers;
pub mod network;
pub mod ops;
pub mod origin;
pub mod page;
pub mod pager;
pub mod passwords;
pub mod path;
pub mod patience;
pub mod places;
pub mod problem;
pub mod rescue;
pub mod routes;
pub mod serve;
pub mod session;
pub mod sheet;
pub mod shell;
pub mod shield;
pub mod site;
pub mod span;
pub mod state;
pub mod summary;
#[cfg(test)]
mod trial;
pub mod urls;
