//! One demo for all days, ended when this process ends, however it ends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

/// A demo that runs.
pub struct Demo {
    /// Where its pages are.
    pub base: String,
    /// Where its mails lie.
    pub mails: PathBuf,
    /// Its keeper; the pipe to it closes with this process.
    _keeper: Child,
}

/// Waits for the end of its input, then ends the demo and removes its folder.
const KEEPER: &str = r#"
"$1" demo --bind 127.0.0.1:0 --data "$2" 2>"$3" </dev/null &
demo=$!
cat >/dev/null
kill -TERM "$demo"
wait "$demo"
rm -rf "$2"
"#;

static DEMO: LazyLock<Demo> = LazyLock::new(start);

/// The demo, started by the first day that asks.
pub fn demo() -> &'static Demo {
    &DEMO
}

fn start() -> Demo {
    let output = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/output/browser");
    std::fs::create_dir_all(&output).expect("a folder for the test's output");
    let log = output.join("demo.log");
    let data = std::env::temp_dir().join(format!("akashi-browser-{}", std::process::id()));
    let mut keeper = Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(env!("CARGO_BIN_EXE_akashi"))
        .arg(&data)
        .arg(&log)
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the demo starts");
    let mut lines = BufReader::new(keeper.stdout.take().expect("its words")).lines();
    let mut base = None;
    let mut said = String::new();
    for line in lines.by_ref().map_while(Result::ok) {
        said.push_str(&line);
        said.push('\n');
        if let Some(at) = line.find("http://") {
            base.get_or_insert_with(|| line[at..].trim().trim_end_matches('/').to_owned());
        }
        if line.contains("Ctrl-C") {
            break;
        }
    }
    // Nobody reads further words, and a closed pipe would be in its way.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    Demo {
        base: base.unwrap_or_else(|| {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("the demo did not start:\n{said}{log}")
        }),
        mails: data.join("mail"),
        _keeper: keeper,
    }
}
