//! A form as a person fills it in: what the page holds, and what is typed over it.

use super::{Page, Visitor};

const NEW: &str = "/netdesk/applications/new";

#[derive(Clone, Debug)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// The form of a page that posts to an address.
    pub fn of(page: &Page, action: &str) -> Self {
        Self(page.form_fields(action))
    }

    /// A new 保証申込.
    pub async fn fresh(visitor: &mut Visitor) -> Self {
        let page = visitor.get(NEW).await;
        Self::of(page.is(200), NEW)
    }

    /// Types into a field, ticks a box, chooses.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn all(self, fields: &[(&str, &str)]) -> Self {
        fields
            .iter()
            .fold(self, |form, (name, value)| form.set(name, value))
    }

    /// A box unticked, a field that is not sent.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// 申込内容を確認する on a form that was never saved.
    pub async fn check(&self, visitor: &mut Visitor) -> Page {
        let mut pairs = self.pairs();
        pairs.push(("go", "next"));
        visitor.post(NEW, &pairs).await
    }

    /// Where the application of this form lives.
    pub fn address(&self) -> String {
        format!("/netdesk/applications/{}", self.get("application"))
    }
}

/// A whole good form for みなと野市: 20,000,000 of 50,000,000, electronic.
pub fn good(form: Typed) -> Typed {
    form.all(&[
        ("obligee", "みなと野市長"),
        ("works_name", "市道３号線側溝改良工事"),
        ("kind", "works"),
        ("price", "50,000,000"),
        ("contract_date", "2026/7/1"),
        ("period_from", "2026/7/1"),
        ("period_to", "2027/3/31"),
        ("prepayment_on", "on"),
        ("prepayment_form", "electronic"),
        ("prepayment_amount", "20,000,000"),
        ("bank", "○○銀行　××支店"),
        ("redeposit", "no"),
        ("prepayment_fee_method", "lump_sum"),
        ("prepayment_bill_to", "本社　総務部"),
        ("prepayment_paper_statement", "no"),
        ("notify", "yes"),
        ("email", "soumu@minato.example"),
        ("department", "総務部"),
        ("person", "総務 花子"),
    ])
}

/// 契約保証 on top: 5,000,000 of 50,000,000.
pub fn with_contract(form: Typed, dress: &str) -> Typed {
    form.all(&[
        ("contract_on", "on"),
        ("contract_form", dress),
        ("contract_amount", "5,000,000"),
        ("contract_fee_method", "lump_sum"),
        ("contract_bill_to", "本社　総務部"),
        ("contract_paper_statement", "no"),
    ])
}

/// The leaflets' worked example: both products, electronic.
pub fn leaflet(form: Typed) -> Typed {
    with_contract(good(form), "electronic").all(&[
        ("obligee", "神奈川県内広域水道企業団 企業長"),
        ("works_name", "○○浄水場△△修繕工事"),
        ("award_date", "2026/7/1"),
    ])
}
