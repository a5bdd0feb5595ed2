//! A headless Chromium, driven over a pair of pipes by the DevTools protocol: no port, no driver program.
//!
//! Chromium reads commands from descriptor 3 and writes answers and events to descriptor 4, each ended by a NUL. Two named
//! pipes and a shell that redirects them spare us anything that the standard library cannot do.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(180);

const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];

/// A browser with one page.
pub struct Browser {
    child: Child,
    commands: File,
    answers: Receiver<Value>,
    session: Option<String>,
    last: u64,
    events: Vec<Value>,
    /// Its profile and its pipes.
    _folder: TempDir,
}

/// Where Chromium is; `None` where there is none.
pub fn chromium() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let all = std::env::split_paths(&paths).flat_map(|folder| names.map(|name| folder.join(name)));
    all.into_iter().find(|path| path.is_file())
}

impl Browser {
    /// Starts Chromium; where there is none, says that the test is skipped.
    pub fn start() -> Option<Self> {
        let Some(program) = chromium() else {
            eprintln!("skipped: there is no chromium on the path");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let pipe = |name: &str| folder.path().join(name);
        let made = Command::new("mkfifo").args([pipe("commands"), pipe("answers")]).status().unwrap();
        assert!(made.success(), "named pipes are made");
        let child = Command::new("sh")
            .args(["-c", "program=$1; shift; exec \"$program\" \"$@\" 3<commands 4>answers", "sh"])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", pipe("profile").display()))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Each end waits for the other, in the order of the shell.
        let commands = File::options().write(true).open(pipe("commands")).unwrap();
        let answers = listen(File::open(pipe("answers")).unwrap());
        let mut browser =
            Self { child, commands, answers, session: None, last: 0, events: Vec::new(), _folder: folder };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Runtime", "Log", "Network", "Page"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Shows a file in a window of this width.
    pub fn open(&mut self, path: &Path, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", size);
        self.events.clear();
        let path = path.canonicalize().unwrap();
        self.call("Page.navigate", json!({ "url": format!("file://{}", path.display()) }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            self.receive();
        }
    }

    /// What an expression gives on the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let found = self.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        assert!(found.get("exceptionDetails").is_none(), "{expression}: {found}");
        found["result"]["value"].clone()
    }

    /// Presses and lets go of a key.
    pub fn press(&mut self, key: &str) {
        for kind in ["rawKeyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key, "code": key }));
        }
    }

    /// Moves the pointer; with `clicks` presses its button there.
    pub fn point(&mut self, x: f64, y: f64, clicks: u32) {
        self.call("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": x, "y": y }));
        for kind in ["mousePressed", "mouseReleased"].iter().take(if clicks > 0 { 2 } else { 0 }) {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": clicks });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// A call to the DevTools protocol.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            if let Some(answer) = self.receive().filter(|answer| answer["id"] == id) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// What the page complained of: errors, warnings, breaches of its policy.
    pub fn complaints(&self) -> Vec<String> {
        let methods = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];
        let complaints = self.events.iter().filter(|event| methods.iter().any(|method| event["method"] == *method));
        complaints.map(Value::to_string).collect()
    }

    /// What was asked for from anywhere but this page's own file.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        let addresses = requests.filter_map(|event| event["params"]["request"]["url"].as_str());
        addresses.filter(|address| !address.ends_with("/report.html")).map(str::to_owned).collect()
    }

    /// The next answer; events are kept.
    fn receive(&mut self) -> Option<Value> {
        let message = self.answers.recv_timeout(PATIENCE).expect("the browser answers");
        if message.get("id").is_some() {
            return Some(message);
        }
        self.events.push(message);
        None
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Messages as they come, until the browser ends.
fn listen(answers: File) -> Receiver<Value> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for message in BufReader::new(answers).split(0) {
            let Ok(message) = message else { return };
            let Ok(message) = serde_json::from_slice(&message) else { continue };
            if send.send(message).is_err() {
                return;
            }
        }
    });
    receive
}
