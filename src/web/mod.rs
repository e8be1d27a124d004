//! What all sites share: look, layers, forms.

pub mod assets;
pub mod field;
pub mod page;
pub mod pager;
pub mod patience;
pub mod problem;
pub mod serve;
pub mod shell;
pub mod shield;
pub mod site;
pub mod summary;
pub mod urls;
