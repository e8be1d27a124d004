//! From what was typed to a rule book, with every fault said at once beside its field.

use super::*;

/// Longest text of one field, in characters.
const LONGEST: usize = 200;

/// Reads the form of `body`'s book. The faults name form fields; the draft holds what could be read.
pub fn read(form: &TypedForm, body: &str) -> (Draft, Vec<BookFault>) {
    let mut reader = Reader {
        form,
        faults: Vec::new(),
        rule_rows: Vec::new(),
        kind_rows: Vec::new(),
        condition_rows: Vec::new(),
    };
    let draft = reader.draft(body);
    for fault in draft.book.faults() {
        let place = reader.field_of(&fault.place, &draft.book);
        reader.fault(place, fault.sentence);
    }
    if let Err(fault) = draft.span.follows(None) {
        reader.fault("valid_until".to_owned(), fault.sentence());
    }
    (draft, reader.faults)
}

struct Reader<'a> {
    form: &'a TypedForm,
    faults: Vec<BookFault>,
    /// The form's rows behind the book's entries; blank ones are left out of the book.
    rule_rows: Vec<usize>,
    kind_rows: Vec<usize>,
    condition_rows: Vec<usize>,
}

impl Reader<'_> {
    fn fault(&mut self, place: String, sentence: impl Into<String>) {
        // One sentence per field: what cannot be read needs no second one.
        if !self.faults.iter().any(|known| known.place == place) {
            self.faults.push(BookFault {
                place,
                sentence: sentence.into(),
            });
        }
    }

    fn get(&self, name: &str) -> &str {
        self.form.get(name).trim()
    }

    /// The form's field for a place in the book.
    fn field_of(&self, place: &str, book: &RuleBook) -> String {
        let parts: Vec<&str> = place.split('.').collect();
        let row = |rows: &[usize], index: &str| {
            index
                .parse::<usize>()
                .ok()
                .and_then(|index| rows.get(index).copied())
                .unwrap_or_default()
        };
        match parts[..] {
            ["electronic", "rules", index, field] => {
                // The boxes stand for the lists.
                let field = match field {
                    "kinds" => "works",
                    "products" => "prepayment",
                    other => other,
                };
                format!("electronic-rules-{}-{field}", row(&self.rule_rows, index))
            }
            ["kinds", index, field] => format!("kinds-{}-{field}", row(&self.kind_rows, index)),
            ["conditions", index, field] => {
                format!("conditions-{}-{field}", row(&self.condition_rows, index))
            }
            ["hand_in", index, _] => {
                let entry = index
                    .parse()
                    .ok()
                    .and_then(|index: usize| book.hand_in.get(index));
                let product = entry.map_or("prepayment", |entry| entry.product.code());
                format!("hand_in-{product}-section")
            }
            _ => place.replace('.', "-"),
        }
    }

    fn draft(&mut self, body: &str) -> Draft {
        let span = Span {
            valid_from: self.date("valid_from", "適用の始まり"),
            valid_until: self.date("valid_until", "適用の終わり"),
        };
        let mut book = RuleBook::unknown(body);
        book.kinds = self.kinds();
        book.electronic = self.electronic();
        let mut rates = Rates::default();
        for ((name, label), rate) in RATES.into_iter().zip(rates_mut(&mut rates)) {
            *rate = self.rate(name, label);
        }
        book.rates = rates;
        book.rounding = self.rounding("rounding", "端数");
        book.rounding_midterm = self.rounding("rounding_midterm", "中間前払金の端数");
        book.conditions = self.conditions();
        book.midterm = self.chosen("midterm", "中間前払金の取扱い", MidtermPolicy::from_code);
        book.fy_base = self.chosen("fy_base", "割合のもと", FyBase::from_code);
        for rule in graded() {
            let name = format!("severities-{}", rule.code());
            if let Some(severity) = self.chosen(&name, rule.title(), Severity::from_code) {
                book.severities.insert(rule, severity);
            }
        }
        book.hand_in = Product::TOGETHER
            .into_iter()
            .filter_map(|product| self.hand_in(product))
            .collect();
        book.source = self.line("source", "出典").unwrap_or_default();
        book.checked_on = self.date("checked_on", "確認した日");
        Draft { book, span }
    }

    fn line(&mut self, name: &str, label: &str) -> Option<String> {
        match text::line(self.form.get(name), LONGEST) {
            Ok(line) => (!line.is_empty()).then_some(line),
            Err(fault) => {
                self.fault(name.to_owned(), fault.sentence(label));
                None
            }
        }
    }

    fn lines(&mut self, name: &str, label: &str) -> Vec<String> {
        self.line(name, label)
            .map_or_else(Vec::new, |line| list(&line))
    }

    fn date(&mut self, name: &str, label: &str) -> Option<time::Date> {
        if self.get(name).is_empty() {
            return None;
        }
        match era::parse_date(self.form.get(name)) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.fault(name.to_owned(), fault.sentence(label));
                None
            }
        }
    }

    fn yen(&mut self, name: &str, label: &str) -> Option<Yen> {
        if self.get(name).is_empty() {
            return None;
        }
        match Yen::parse(self.form.get(name)) {
            Ok(amount) => Some(amount),
            Err(fault) => {
                self.fault(name.to_owned(), fault.sentence(label));
                None
            }
        }
    }

    fn rate(&mut self, name: &str, label: &str) -> Option<Fraction> {
        let typed = self.get(name).to_owned();
        if typed.is_empty() {
            return None;
        }
        let rate = parse_rate(&typed);
        if rate.is_none() {
            self.fault(
                name.to_owned(),
                format!(
                    "{label}の割合は、10分の4 や 4/10、40% のように、0から1までの割合で入力してください（いまの入力：{}）。",
                    text::excerpt(&typed)
                ),
            );
        }
        rate
    }

    fn chosen<T>(
        &mut self,
        name: &str,
        label: &str,
        from: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let typed = self.get(name).to_owned();
        if typed.is_empty() {
            return None;
        }
        let known = from(&typed);
        if known.is_none() {
            self.fault(
                name.to_owned(),
                format!("{label}を一覧から選んでください。"),
            );
        }
        known
    }

    fn rounding(&mut self, name: &str, label: &str) -> Option<RoundingUnit> {
        self.chosen(name, label, |code| {
            code.parse().ok().and_then(RoundingUnit::new)
        })
    }

    fn kinds(&mut self) -> Vec<OwnKind> {
        let mut kinds = Vec::new();
        for index in 0..rows(self.form, "kinds") {
            let field = |field: &str| format!("kinds-{index}-{field}");
            if self.get(&field("name")).is_empty() && self.get(&field("prepayment")).is_empty() {
                continue;
            }
            let name = self.line(&field("name"), "細目の名前").unwrap_or_default();
            let of = self.chosen(&field("of"), "細目の種類", ContractKind::from_code);
            if of.is_none() {
                self.fault(field("of"), "工事か業務委託かを選んでください。");
            }
            let prepayment = self.rate(&field("prepayment"), "前払金");
            self.kind_rows.push(index);
            kinds.push(OwnKind {
                name,
                of: of.unwrap_or(ContractKind::Consulting),
                prepayment,
            });
        }
        kinds
    }

    fn electronic(&mut self) -> Electronic {
        match self.get("electronic") {
            "paper_only" => Electronic::PaperOnly,
            "from" => Electronic::From {
                rules: self.rules(),
            },
            "" | "unknown" => Electronic::Unknown,
            _ => {
                self.fault(
                    "electronic".to_owned(),
                    "電子保証への対応を選んでください。",
                );
                Electronic::Unknown
            }
        }
    }

    fn rules(&mut self) -> Vec<ElectronicRule> {
        let mut rules = Vec::new();
        for index in 0..rows(self.form, "electronic-rules") {
            let field = |field: &str| format!("electronic-rules-{index}-{field}");
            let said = [
                "works",
                "consulting",
                "prepayment",
                "midterm",
                "contract",
                "from",
                "until",
                "approved",
                "sections",
                "own_kinds",
                "except",
                "covers_changes_of_older",
            ];
            if said.iter().all(|it| self.get(&field(it)).is_empty()) {
                continue;
            }
            let ticked = |name: &str| self.form.checked(&field(name));
            let kinds = ContractKind::ALL
                .into_iter()
                .filter(|kind| ticked(kind.code()))
                .collect();
            let products = Product::TOGETHER
                .into_iter()
                .filter(|product| ticked(product.code()))
                .collect();
            let covers = ticked("covers_changes_of_older");
            let basis = self.chosen(&field("basis"), "基準になる日", Basis::from_code);
            if basis.is_none() {
                self.fault(field("basis"), "基準になる日を選んでください。");
            }
            let rule = ElectronicRule {
                kinds,
                products,
                basis: basis.unwrap_or(Basis::StartOnly),
                from: self.date(&field("from"), "始まりの日"),
                until: self.date(&field("until"), "終わりの日"),
                approved: self.line(&field("approved"), "発注者だけが答えられる条件"),
                own_kinds: self.lines(&field("own_kinds"), "加える細目"),
                except: self.lines(&field("except"), "除く細目"),
                sections: self.lines(&field("sections"), "発注担当課"),
                covers_changes_of_older: covers,
            };
            self.rule_rows.push(index);
            rules.push(rule);
        }
        rules
    }

    fn conditions(&mut self) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for index in 0..rows(self.form, "conditions") {
            let field = |field: &str| format!("conditions-{index}-{field}");
            let said = ["product", "kind", "price", "minimum", "days", "cap"];
            if said.iter().all(|it| self.get(&field(it)).is_empty()) {
                continue;
            }
            let product = self.chosen(&field("product"), "保証", Product::from_code);
            if product.is_none() {
                self.fault(field("product"), "どの保証の条件かを選んでください。");
            }
            let amount = self.yen(&field("minimum"), "最低の金額");
            let price = self.chosen(&field("price"), "どの金額か", PriceKind::from_code);
            if amount.is_some() && price.is_none() {
                self.fault(
                    field("price"),
                    "最低の金額が、請負金額・予定価格・設計金額のどれのことかを選んでください。",
                );
            }
            let more_than = self.get(&field("more_than")) == "yes";
            let days = self.days(&field("days"));
            let condition = Condition {
                product: product.unwrap_or(Product::Prepayment),
                kind: self.chosen(&field("kind"), "契約の種類", ContractKind::from_code),
                minimum: amount.map(|amount| Minimum {
                    price: price.unwrap_or(PriceKind::Contract),
                    amount,
                    more_than,
                }),
                days,
                cap: self.yen(&field("cap"), "限度額"),
            };
            self.condition_rows.push(index);
            conditions.push(condition);
        }
        conditions
    }

    fn days(&mut self, name: &str) -> Option<u16> {
        let typed = self.get(name).to_owned();
        if typed.is_empty() {
            return None;
        }
        let folded = text::fold_figures(&typed);
        let days = folded.trim_end_matches('日').parse::<u16>().ok();
        let days = days.filter(|days| *days > 0);
        if days.is_none() {
            self.fault(
                name.to_owned(),
                format!(
                    "最短の工期は、90 のように1から65,535までの日数で入力してください（いまの入力：{}）。",
                    text::excerpt(&typed)
                ),
            );
        }
        days
    }

    fn hand_in(&mut self, product: Product) -> Option<HandIn> {
        let field = |field: &str| format!("hand_in-{}-{field}", product.code());
        let said = [
            "section",
            "channel",
            "address",
            "subject",
            "note",
            "phone",
            "with_claim",
        ];
        if said.iter().all(|it| self.get(&field(it)).is_empty()) {
            return None;
        }
        let when = self.chosen(&field("when"), "時期", |code| match code {
            "contract" => Some(Moment::Contract),
            "claim" => Some(Moment::Claim),
            _ => None,
        });
        Some(HandIn {
            product,
            section: self.line(&field("section"), "提出先"),
            channel: self.chosen(&field("channel"), "方法", Channel::from_code),
            address: self.line(&field("address"), "宛先"),
            subject: self.line(&field("subject"), "件名"),
            when: when.unwrap_or(Moment::of(product)),
            phone: self.form.checked(&field("phone")),
            with_claim: self.form.checked(&field("with_claim")),
            note: self.line(&field("note"), "備考"),
        })
    }
}
