//! The house's own rules, read from its source: arrows go one way, rooms stay small, the present
//! hour and chance come from one place, nothing is left half done, nobody real is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use besides itself. `main` stands for `main.rs` and `commands/`.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("vault", &["domain"]),
    ("mail", &["domain"]),
    ("pdf", &["domain"]),
    ("db", &["domain"]),
    ("config", &["mail", "vault"]),
    ("error", &["domain", "vault"]),
    ("app", &["clock", "config", "db", "mail", "vault"]),
    (
        "services",
        &["app", "db", "domain", "error", "mail", "pdf", "vault"],
    ),
    ("web", &["app", "config", "domain", "error", "services"]),
    ("sites", &["app", "domain", "error", "services", "web"]),
    ("worker", &["app", "db", "error", "mail", "services"]),
    // Reads an envelope without a database: for whoever got one.
    ("verify", &["domain"]),
    // Holds facts against rule books without a database.
    ("check", &["domain"]),
    // Above everything: the demo's cluster, catcher and stories, told through verbs.
    (
        "demo",
        &["app", "domain", "error", "mail", "services", "worker"],
    ),
    (
        "main",
        &[
            "app", "check", "clock", "config", "db", "demo", "domain", "error", "mail", "services",
            "sites", "vault", "verify", "web", "worker",
        ],
    ),
];

/// Arrows that go against the table, file by file. This list only shrinks: an exception that is no
/// longer used fails, too.
const EXCEPTIONS: &[(&str, &str)] = &[
    // Facts are drawn as they leave the house; drawing needs no database and no verb.
    ("sites/netdesk/certificates.rs", "pdf"),
    ("sites/netdesk/key_notice.rs", "pdf"),
    ("sites/office/guarantees/certificate.rs", "pdf"),
    ("sites/office/guarantees/show.rs", "pdf"),
    // Pages that show the demo's logins, or exist only under it.
    ("sites/demo/door.rs", "demo"),
    ("sites/demo/mail.rs", "demo"),
    ("sites/netdesk/gate.rs", "demo"),
    ("sites/office/gate.rs", "demo"),
];

/// Words that a module's code never says.
const NEVER: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "sqlx",
            "axum",
            "askama",
            "tokio",
            "lettre",
            "async fn",
            "now_utc",
            "SysRng",
            "OsRng",
            "StdRng",
            "rand::rng",
        ],
    ),
    ("db", &["axum", "askama", "lettre"]),
    ("mail", &["sqlx", "axum"]),
    ("pdf", &["sqlx", "axum"]),
    ("vault", &["sqlx", "axum", "askama"]),
    ("services", &["axum", "askama", "lettre", "StatusCode"]),
    ("worker", &["axum", "askama"]),
    ("web", &["sqlx"]),
    ("sites", &["sqlx", "Html::parse", "lettre"]),
];

/// No file is longer, in lines.
const LONGEST: usize = 600;

struct Source {
    /// Below `src/`.
    path: String,
    module: String,
    /// Without comments and without test modules.
    code: Vec<String>,
    lines: usize,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path
            .extension()
            .is_some_and(|ending| endings.iter().any(|known| ending == *known))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let found: Vec<_> = files(&src, &["rs"])
        .into_iter()
        .map(|file| {
            let path = file
                .strip_prefix(&src)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let text = fs::read_to_string(&file).unwrap();
            let first = path.split(['/', '.']).next().unwrap();
            let module = match first {
                "main" | "commands" => "main",
                other => other,
            };
            Source {
                module: module.to_owned(),
                code: code(&path, &text),
                lines: text.lines().count(),
                path,
            }
        })
        .collect();
    assert!(found.len() > 100, "only {} files were read", found.len());
    found
}

/// What runs: no comments, nothing of the tests.
fn code(path: &str, text: &str) -> Vec<String> {
    if path.ends_with("/tests.rs") || path.contains("/tests/") {
        return Vec::new();
    }
    let running = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    running
        .lines()
        .map(|line| line.split("// ").next().unwrap_or_default().trim())
        .filter(|line| !line.starts_with("//"))
        .map(str::to_owned)
        .collect()
}

/// The modules that a line of code reaches for: `crate::db::…`, `akashi::{app, db::Db}`.
fn reached(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "akashi::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                found.extend(group_heads(group));
            } else {
                found.push(word(rest));
            }
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

/// First words within one brace group.
fn group_heads(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut fresh) = (0_u32, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && c.is_ascii_alphabetic() => {
                heads.push(word(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

#[test]
fn arrows_go_one_way() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for source in sources().iter().filter(|source| source.module != "lib") {
        let may = ARROWS
            .iter()
            .find(|(module, _)| *module == source.module)
            .unwrap_or_else(|| panic!("where does {} stand in the house?", source.path))
            .1;
        for target in reached(&source.code.join("\n")) {
            let known = ARROWS.iter().any(|(module, _)| *module == target);
            let fine = !known || target == source.module || may.contains(&target.as_str());
            if fine {
                continue;
            }
            let exception = (source.path.as_str(), target.as_str());
            match EXCEPTIONS.iter().find(|known| **known == exception) {
                Some(known) => {
                    used.insert(known);
                }
                None => wrong.push(format!("{} uses {target}", source.path)),
            }
        }
    }
    assert!(wrong.is_empty(), "against the arrows: {wrong:#?}");
    let unused: Vec<_> = EXCEPTIONS
        .iter()
        .filter(|known| !used.contains(known))
        .collect();
    assert!(unused.is_empty(), "no exception any more: {unused:#?}");
}

/// Templates name addresses and files of `web`; everything else they are given.
#[test]
fn templates_reach_for_nothing_but_web() {
    for file in files(&root().join("templates"), &["html", "txt"]) {
        let text = fs::read_to_string(&file).unwrap();
        for target in reached(&text) {
            assert_eq!(target, "web", "{}", file.display());
        }
    }
}

#[test]
fn groups_of_uses_are_read_as_well() {
    let reach = |text| reached(text);
    assert_eq!(reach("use crate::db::{self, Tx};"), ["db"]);
    assert_eq!(
        reach("use crate::{app::{App, Other}, db,\n web::x};"),
        ["app", "db", "web"]
    );
    assert_eq!(reach("akashi::mail::x(crate::sites::y)"), ["sites", "mail"]);
    assert_eq!(reach("pub(crate) fn crate_thing()"), Vec::<String>::new());
}

#[test]
fn each_module_keeps_to_its_own_words() {
    let mut wrong = Vec::new();
    for source in sources() {
        let words = NEVER.iter().find(|(module, _)| *module == source.module);
        for line in &source.code {
            for word in words.map_or(&[][..], |(_, words)| words) {
                if line.contains(word) {
                    wrong.push(format!("{}: {line}", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_clock_asks_the_system() {
    for source in sources() {
        if source.path == "clock.rs" {
            continue;
        }
        for line in &source.code {
            for asks in [
                "now_utc",
                "now_local",
                "SystemTime::now",
                "SysRng",
                "OsRng",
                "getrandom",
                "rand::rng()",
                "from_os_rng",
                "Uuid::new_v4",
                "Uuid::now_v7",
            ] {
                assert!(!line.contains(asks), "{}: {line}", source.path);
            }
        }
    }
}

#[test]
fn rooms_stay_small() {
    for source in sources() {
        assert!(
            source.lines <= LONGEST,
            "{} has {} lines: look for a door",
            source.path,
            source.lines
        );
    }
}

fn everything() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for folder in [
        "src",
        "templates",
        "static",
        "migrations",
        "tests",
        "benches",
    ] {
        let endings = [
            "rs", "html", "txt", "css", "js", "mjs", "sql", "md", "py", "json",
        ];
        for file in files(&root().join(folder), &endings) {
            let name = file.strip_prefix(root()).unwrap().display().to_string();
            if let Ok(text) = fs::read_to_string(&file) {
                all.push((name, text));
            }
        }
    }
    for file in [
        "README.md",
        "Cargo.toml",
        "docker-compose.yml",
        "Dockerfile",
    ] {
        if let Ok(text) = fs::read_to_string(root().join(file)) {
            all.push((file.to_owned(), text));
        }
    }
    assert!(all.len() > 150, "only {} files were read", all.len());
    all
}

/// Each word in two halves, so that this file does not say it.
#[test]
fn nothing_is_left_for_later() {
    let words = [
        "to|do!",
        "unimple|mented!",
        "TO|DO",
        "FIX|ME",
        "準備|中です",
        "未|実装",
        "実装|予定",
        "#[ig|nore",
        "工事|中です",
        "Coming so|on",
    ];
    refuse(
        &words,
        &["src/", "templates/", "static/", "tests/", "migrations/"],
    );
}

/// The leaflets come from a real surety; its names, people and telephones are not ours to use.
#[test]
fn nobody_real_is_named() {
    let words = [
        "東日本建設業|保証",
        "西日本建設業|保証",
        "北海道建設業|信用保証",
        "ejc|s",
        "EJC|S",
        "日本電子|認証",
        "kws|a.or.jp",
        "662-|8203",
        "241-|6101",
        "3551-|9511",
        "221-|3800",
        "226-|7520",
        "0120-|027",
    ];
    refuse(&words, &[""]);
}

fn refuse(words: &[&str], folders: &[&str]) {
    let words: Vec<String> = words.iter().map(|word| word.replace('|', "")).collect();
    let mut wrong = Vec::new();
    for (name, text) in everything() {
        if !folders.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        for (at, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(word.as_str())) {
                wrong.push(format!("{name}:{} says {word}", at + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The only secrets here are the demo's one password and what tests make up.
#[test]
fn no_private_key_lies_in_the_source() {
    refuse(
        &[
            "BEGIN PRIVATE |KEY",
            "BEGIN RSA PRIVATE |KEY",
            "BEGIN OPEN|SSH",
        ],
        &[""],
    );
}
