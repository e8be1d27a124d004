//! Every field of a rule book, part by part.

use crate::domain::product::Product;
use crate::domain::rulebook::form::{self, RATES};
use crate::domain::rulebook::{
    Basis, BookFault, Channel, FyBase, MidtermPolicy, Moment, PriceKind, RoundingUnit, Severity,
};
use crate::domain::typed::TypedForm;
use crate::domain::works::ContractKind;
use crate::web::field::{Choice, FieldView};

/// A part of the book: fields, and rows of fields.
pub struct Group {
    pub id: &'static str,
    pub title: &'static str,
    pub lead: &'static str,
    pub fields: Vec<FieldView>,
    pub rows: Vec<Row>,
    /// Where there are rows: their name, and how many.
    pub part: Option<(&'static str, usize)>,
    /// In view; others are folded to their title.
    pub open: bool,
}

/// One row.
pub struct Row {
    pub legend: String,
    /// Boxes that stand together.
    pub ticks: Vec<Ticks>,
    pub fields: Vec<FieldView>,
    /// In view; others are folded to their legend.
    pub open: bool,
}

/// Boxes of one question.
pub struct Ticks {
    pub label: &'static str,
    /// Label, field and whether it is ticked are the field's own.
    pub boxes: Vec<FieldView>,
}

impl Ticks {
    /// What is wrong with the question; it stands at its first box.
    pub fn error(&self) -> Option<&str> {
        self.boxes.iter().find_map(|field| field.error.as_deref())
    }

    /// The id of the question, from its first box.
    pub fn id(&self) -> String {
        self.boxes
            .first()
            .map_or_else(String::new, |field| field.name.clone())
    }
}

impl Row {
    fn new(legend: String, fields: Vec<FieldView>) -> Self {
        Self {
            legend,
            ticks: Vec::new(),
            fields,
            open: false,
        }
    }

    fn all_fields(&self) -> impl Iterator<Item = &FieldView> {
        let boxes = self.ticks.iter().flat_map(|ticks| &ticks.boxes);
        boxes.chain(&self.fields)
    }
}

impl Group {
    pub fn all_fields(&self) -> impl Iterator<Item = &FieldView> {
        let rows = self.rows.iter().flat_map(Row::all_fields);
        self.fields.iter().chain(rows)
    }

    fn new(
        id: &'static str,
        title: &'static str,
        lead: &'static str,
        fields: Vec<FieldView>,
    ) -> Self {
        Self {
            id,
            title,
            lead,
            fields,
            rows: Vec::new(),
            part: None,
            open: false,
        }
    }
}

struct Form<'a> {
    typed: &'a TypedForm,
    faults: &'a [BookFault],
}

impl Form<'_> {
    fn fault(&self, name: &str) -> Option<String> {
        let mut faults = self.faults.iter();
        faults
            .find(|fault| fault.place == name)
            .map(|fault| fault.sentence.clone())
    }

    fn text(&self, name: &str, label: &str) -> FieldView {
        FieldView::text(name, label, self.typed.get(name))
            .optional()
            .width("in--m")
            .error(self.fault(name))
    }

    fn date(&self, name: &str, label: &str) -> FieldView {
        FieldView::date(name, label, self.typed.get(name))
            .optional()
            .error(self.fault(name))
    }

    fn money(&self, name: &str, label: &str) -> FieldView {
        FieldView::money(name, label, self.typed.get(name))
            .optional()
            .error(self.fault(name))
    }

    fn short(&self, name: &str, label: &str) -> FieldView {
        self.text(name, label).width("in--date num")
    }

    fn tick(&self, name: &str, label: &str, words: &str) -> FieldView {
        FieldView::tick(name, label, self.typed.checked(name), words).error(self.fault(name))
    }

    fn select(&self, name: &str, label: &str, first: &str, rest: Vec<Choice>) -> FieldView {
        let mut choices = vec![Choice::new("", first)];
        choices.extend(rest);
        FieldView::select(name, label, self.typed.get(name), choices).error(self.fault(name))
    }
}

/// Every part of the form, in its order.
pub fn groups(typed: &TypedForm, faults: &[BookFault]) -> Vec<Group> {
    let form = Form { typed, faults };
    let mut groups = vec![
        span(&form),
        electronic(&form),
        kinds(&form),
        rates(&form),
        conditions(&form),
        midterm(&form),
        severities(&form),
        hand_in(&form),
        source(&form),
    ];
    for group in &mut groups {
        for row in &mut group.rows {
            let open = row.all_fields().any(says);
            row.open = open;
        }
        let open = group.id == "span" || group.all_fields().any(says);
        group.open = open;
    }
    groups
}

/// Whether something stands in a field, or is wrong with it.
fn says(field: &FieldView) -> bool {
    !field.value.is_empty() || field.error.is_some()
}

fn span(form: &Form<'_>) -> Group {
    Group::new(
        "span",
        "適用する日",
        "",
        vec![
            form.date("valid_from", "適用の始まり").hint(
                "申込日がこの日以後の申込を、この版で確認します。空欄は「はじめから」です。いちばん新しい版と同じ日にすると、その版を差し替えます。",
            ),
            form.date("valid_until", "適用の終わり")
                .hint("空欄のときは、次の版の始まりの前の日までです。"),
        ],
    )
}

fn electronic(form: &Form<'_>) -> Group {
    let acceptance = FieldView::radios(
        "electronic",
        "電子保証への対応",
        form.typed.get("electronic"),
        vec![
            Choice::new("unknown", "未登録"),
            Choice::new("paper_only", "対応していない"),
            Choice::new("from", "対応している"),
        ],
    )
    .error(form.fault("electronic"));
    let part = "electronic-rules";
    let count = form::rows(form.typed, part);
    Group {
        rows: (0..count).map(|index| rule(form, index)).collect(),
        part: Some((part, count)),
        ..Group::new(
            "electronic",
            "電子保証",
            "「対応している」ときは、対象を1行に一つずつ入力します。使わない行は空けておきます。",
            vec![acceptance],
        )
    }
}

fn rule(form: &Form<'_>, index: usize) -> Row {
    let name = |field: &str| format!("electronic-rules-{index}-{field}");
    let kinds = ContractKind::ALL
        .into_iter()
        .map(|kind| form.tick(&name(kind.code()), kind.label(), kind.label()))
        .collect();
    let products = Product::TOGETHER
        .into_iter()
        .map(|product| form.tick(&name(product.code()), product.label(), product.label()))
        .collect();
    let bases = Basis::ALL
        .map(|basis| Choice::new(basis.code(), basis.label()))
        .into();
    let fields = vec![
        form.select(&name("basis"), "基準になる日", "選択してください", bases),
        form.date(&name("from"), "この日から"),
        form.date(&name("until"), "この日まで"),
        form.text(&name("approved"), "発注者だけが答えられる条件")
            .hint("対象かどうかを発注者だけが知っているときの条件です（例：○○市が認めた工事）。申込のとき、お客様に確かめていただく言葉として表示します。"),
        form.text(&name("sections"), "発注担当課")
            .hint("この課の契約だけが対象のとき。いくつかあるときは「、」で区切ります。"),
        form.text(&name("own_kinds"), "加える細目")
            .hint("工事・業務委託の全部ではなく、この対象に入れる契約だけを挙げます。下の「契約の細目」の名前で入力します。"),
        form.text(&name("except"), "除く細目")
            .hint("例：工事監理。下の「契約の細目」の名前で入力します。"),
        form.tick(
            &name("covers_changes_of_older"),
            "前の契約の変更",
            "対象日より前の契約でも、変更契約による新しい保証は対象にする",
        ),
    ];
    Row {
        ticks: vec![
            Ticks {
                label: "対象の契約",
                boxes: kinds,
            },
            Ticks {
                label: "対象の保証",
                boxes: products,
            },
        ],
        ..Row::new(format!("対象 {}", index + 1), fields)
    }
}

fn kinds(form: &Form<'_>) -> Group {
    let part = "kinds";
    let count = form::rows(form.typed, part);
    let rows = (0..count)
        .map(|index| {
            let name = |field: &str| format!("kinds-{index}-{field}");
            Row::new(
                format!("細目 {}", index + 1),
                vec![
                    form.text(&name("name"), "名前").hint("例：工事監理"),
                    form.select(&name("of"), "種類", "選択してください", kinds_of()),
                    form.short(&name("prepayment"), "前払金の割合")
                        .hint("ほかと異なるときだけ。例：10分の3"),
                ],
            )
        })
        .collect();
    Group {
        rows,
        part: Some((part, count)),
        ..Group::new(
            "kinds",
            "契約の細目",
            "この発注者が、工事・業務委託のほかに区別している契約があれば入力します。",
            Vec::new(),
        )
    }
}

fn kinds_of() -> Vec<Choice> {
    ContractKind::ALL
        .map(|kind| Choice::new(kind.code(), kind.label()))
        .into()
}

fn rates(form: &Form<'_>) -> Group {
    let mut fields: Vec<FieldView> = RATES
        .into_iter()
        .map(|(name, label)| form.short(name, label))
        .collect();
    fields.push(rounding(form, "rounding", "端数", "未登録"));
    fields.push(rounding(
        form,
        "rounding_midterm",
        "中間前払金の端数",
        "前払金と同じ",
    ));
    let bases = FyBase::ALL
        .map(|base| Choice::new(base.code(), base.label()))
        .into();
    fields.push(
        form.select("fy_base", "割合のもと（複数年度の契約）", "未登録", bases)
            .optional()
            .hint("複数年度の契約で、上の割合をどの金額に掛けるかです。"),
    );
    Group::new(
        "rates",
        "割合と端数",
        "10分の4 や 40% のように入力します。空欄は「未登録」で、一般の割合で注意するだけになります。",
        fields,
    )
}

fn rounding(form: &Form<'_>, name: &str, label: &str, first: &str) -> FieldView {
    let mut units = vec![1, 1_000, 10_000, 100_000, 1_000_000];
    // A unit that came with a file stays to be chosen.
    if let Ok(other) = form.typed.get(name).parse::<u32>()
        && other > 0
        && !units.contains(&other)
    {
        units.push(other);
    }
    let choices = units
        .into_iter()
        .filter_map(|unit| {
            let words = RoundingUnit::new(unit)?
                .words()
                .unwrap_or_else(|| "切捨てなし".to_owned());
            Some(Choice::new(unit.to_string(), words))
        })
        .collect();
    form.select(name, label, first, choices).optional()
}

fn conditions(form: &Form<'_>) -> Group {
    let part = "conditions";
    let count = form::rows(form.typed, part);
    let rows = (0..count)
        .map(|index| {
            let name = |field: &str| format!("conditions-{index}-{field}");
            let products = Product::ALL
                .map(|product| Choice::new(product.code(), product.label()))
                .into();
            let prices = PriceKind::ALL
                .map(|price| Choice::new(price.code(), price.label()))
                .into();
            Row::new(
                format!("条件 {}", index + 1),
                vec![
                    form.select(&name("product"), "保証", "選択してください", products),
                    form.select(&name("kind"), "契約", "どちらも", kinds_of())
                        .optional(),
                    form.money(&name("minimum"), "最低の金額"),
                    form.select(&name("price"), "どの金額か", "選択してください", prices),
                    form.select(
                        &name("more_than"),
                        "以上か、超えるか",
                        "以上",
                        vec![Choice::new("yes", "超える")],
                    ),
                    form.short(&name("days"), "最短の工期").hint("例：90（日）"),
                    form.money(&name("cap"), "限度額")
                        .hint("割合にかかわらず、この額までのとき。"),
                ],
            )
        })
        .collect();
    Group {
        rows,
        part: Some((part, count)),
        ..Group::new(
            "conditions",
            "対象になる契約と限度額",
            "最低の金額・最短の工期・限度額のうち、あるものだけを入力します。",
            Vec::new(),
        )
    }
}

fn midterm(form: &Form<'_>) -> Group {
    let policies = MidtermPolicy::ALL
        .map(|policy| Choice::new(policy.code(), policy.label()))
        .into();
    Group::new(
        "midterm",
        "中間前払金",
        "",
        vec![
            form.select("midterm", "中間前払金の取扱い", "未登録", policies)
                .optional(),
        ],
    )
}

fn severities(form: &Form<'_>) -> Group {
    let choices: Vec<Choice> = Severity::ALL
        .map(|severity| Choice::new(severity.code(), severity.label()))
        .into();
    let fields = form::graded()
        .map(|rule| {
            let name = format!("severities-{}", rule.code());
            form.select(&name, rule.title(), "ふつうのとおり", choices.clone())
                .optional()
        })
        .collect();
    Group::new(
        "severities",
        "きまりから外れたとき",
        "「ふつうのとおり」では、登録のある数字から外れると拒み、一般の数字から外れると注意します。「支店が判断」では申し込めますが、承認する人が理由を書いて判断します。",
        fields,
    )
}

fn hand_in(form: &Form<'_>) -> Group {
    let channels: Vec<Choice> = Channel::ALL
        .map(|channel| Choice::new(channel.code(), channel.label()))
        .into();
    let moments = vec![
        Choice::new("contract", Moment::Contract.label()),
        Choice::new("claim", Moment::Claim.label()),
    ];
    let rows = Product::TOGETHER
        .into_iter()
        .map(|product| {
            let name = |field: &str| format!("hand_in-{}-{field}", product.code());
            Row::new(
                product.label().to_owned(),
                vec![
                    form.text(&name("section"), "提出先").hint("例：契約検査課"),
                    form.select(&name("channel"), "方法", "未登録", channels.clone())
                        .optional(),
                    form.text(&name("address"), "宛先")
                        .code()
                        .hint("メールアドレス、または電子申請のページ"),
                    form.text(&name("subject"), "件名")
                        .hint("{工事名} と書いたところに工事名が入ります。例：【前払金】{工事名}"),
                    form.select(&name("when"), "時期", "ふつうのとおり", moments.clone())
                        .optional(),
                    form.tick(&name("phone"), "電話", "届いたことを電話で確かめる"),
                    form.tick(
                        &name("with_claim"),
                        "添えるもの",
                        "請求書などの書類と一緒に出す",
                    ),
                    form.text(&name("note"), "備考"),
                ],
            )
        })
        .collect();
    Group {
        rows,
        ..Group::new(
            "hand_in",
            "認証キーの提出",
            "分かっているものだけを入力します。",
            Vec::new(),
        )
    }
}

fn source(form: &Form<'_>) -> Group {
    Group::new(
        "source",
        "出典",
        "",
        vec![
            form.text("source", "どこで確かめたか")
                .hint("例：市のウェブサイト「前払金の取扱い」"),
            form.date("checked_on", "確かめた日"),
        ],
    )
}
