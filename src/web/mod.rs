//! What all sites share: look, layers, forms.

pub mod assets;
pub mod field;
pub mod page;
pub mod pager;
pub mod problem;
pub mod shell;
pub mod site;
pub mod summary;
pub mod urls;
