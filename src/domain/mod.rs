//! The vault: pure rules. No I/O, no async, no SQL, no HTML, no clock.
//!
//! Code speaks the field's English, screens speak the leaflets' Japanese. The bridge:
//!
//! | screens | code | meaning |
//! | --- | --- | --- |
//! | 保証会社 | surety | who guarantees and issues; one tenant |
//! | 保証契約者・受注者・請負者 | principal, contractor | the builder whose duty is guaranteed |
//! | 発注者・被保証者 | obligee | the public body that is protected; never "issuer" |
//! | 保証申込 | application | what a contractor asks for |
//! | 保証契約 | guarantee | the contract between surety and principal; one number per product |
//! | 保証契約番号 | contract number ([`number`]) | `35075-00001M` |
//! | 保証証書 | certificate ([`certificate`]) | the paper or electronic proof of one version |
//! | 認証キー | authentication key ([`key`]) | with the number, opens the certificate at D-Sure |
//! | 審査 | examination | the branch checks an application |
//! | 発行 | issuance | number, certificate and key come into being |
//! | 寄託 | deposit | an electronic certificate arrives at D-Sure |
//! | 変更 | change | a new version of the same guarantee |
//! | 訂正 | correction | a version put right; the wrong one is hidden |
//! | 変更取消 | change cancellation | the latest change is taken back |
//! | 解約 | termination | the guarantee ends early |
//! | 営業部・支店・取扱箇所 | branch | the surety's office that handles a case |
//! | 保証料 | fee | what the contractor pays for a guarantee |
//! | 前払金保証 | prepayment guarantee ([`product`]) | for money paid before the works |
//! | 中間前払金保証 | midterm prepayment guarantee ([`midterm`]) | for a second prepayment, halfway |
//! | 契約保証 | contract guarantee ([`product`]) | in place of a contract deposit |
//! | 契約保証予約（入札ボンド） | reservation ([`kind`]) | a promise of a contract guarantee, before the bid |
//! | 請負契約・請負金額・工期 | works contract, price, period ([`works`]) | what the guarantee stands for |
//! | 今年度対象額 | fiscal-year base | the share of a price that falls into this fiscal year |
//! | 預託金融機関 | depository bank | where the prepayment is paid in |
//! | 共同企業体（JV） | joint venture | several contractors under one name |

pub mod acceptance;
pub mod act;
pub mod application;
pub mod carry;
pub mod certificate;
pub mod claim;
pub mod content;
pub mod email;
pub mod entry;
pub mod era;
pub mod export;
pub mod fee;
pub mod field;
pub mod guarantee;
pub mod key;
pub mod kind;
pub mod midterm;
pub mod money;
pub mod number;

mod numerals;
pub mod people;
pub mod product;
pub mod remark;
pub mod rulebook;
pub mod rules;
pub mod seal;
pub mod strays;
pub mod text;
pub mod typed;
pub mod upload;
pub mod width;
mod wording;
pub mod works;
