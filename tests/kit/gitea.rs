//! A real Gitea on the loopback, shared by the tests of one binary, with a user, a token and projects of their own.

use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub struct Gitea {
    pub url: String,
    pub token: String,
    /// The shell that ends Gitea when this process does: it waits for the end of its standard input.
    _keeper: std::process::Child,
    _dir: tempfile::TempDir,
}

/// The Gitea of this binary; none, said with the reason, where it was not set up.
pub fn gitea() -> Option<&'static Gitea> {
    static ONE: OnceLock<Result<Gitea, String>> = OnceLock::new();
    match ONE.get_or_init(Gitea::start) {
        Ok(gitea) => Some(gitea),
        Err(why) => {
            println!("skipped: {why}");
            None
        }
    }
}

fn home() -> PathBuf {
    let cache = std::env::var_os("XCF_CACHE").map(PathBuf::from);
    let user = || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/xcloudflow");
    cache.unwrap_or_else(user).join("tools/gitea")
}

impl Gitea {
    fn start() -> Result<Self, String> {
        let tools = home();
        let program = tools.join("gitea");
        if !program.exists() {
            return Err("Gitea is not built; `scripts/setup.sh gitea` builds it once".to_owned());
        }
        let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(|e| e.to_string())?.port();
        let config = dir.path().join("app.ini");
        fs::write(&config, settings(dir.path(), &tools.join("static"), port)).map_err(|e| e.to_string())?;
        let run = |args: &[&str]| -> Result<String, String> {
            let mut command = Command::new(&program);
            command.arg("-c").arg(&config).args(args).env("HOME", dir.path());
            let out = command.output().map_err(|e| e.to_string())?;
            let text = String::from_utf8_lossy(&out.stdout).trim().to_owned();
            let why = || format!("gitea {args:?}: {text} {}", String::from_utf8_lossy(&out.stderr));
            if out.status.success() { Ok(text.clone()) } else { Err(why()) }
        };
        run(&["migrate"])?;
        let user = ["admin", "user", "create", "--username", "ann", "--password", "for-tests-1"];
        let rest = ["--email", "ann@example.invalid", "--admin", "--must-change-password=false"];
        run(&[&user[..], &rest[..]].concat())?;
        let made = ["admin", "user", "generate-access-token", "--username", "ann", "--token-name", "t"];
        let token = run(&[&made[..], &["--scopes", "all", "--raw"][..]].concat())?;
        let token = token.lines().last().unwrap_or_default().trim().to_owned();
        let script = format!(
            "'{}' -c '{}' web >'{}/web.log' 2>&1 & p=$!; cat >/dev/null; kill $p; wait $p",
            program.display(),
            config.display(),
            dir.path().display()
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env("HOME", dir.path()).stdin(Stdio::piped()).stdout(Stdio::null());
        let keeper = shell.stderr(Stdio::null()).spawn().map_err(|e| e.to_string())?;
        let url = format!("http://127.0.0.1:{port}");
        let gitea = Self { url, token, _keeper: keeper, _dir: dir };
        // Until it answers; curl itself tries again.
        let wait = ["-sf", "--retry", "120", "--retry-delay", "1", "--retry-all-errors", "--max-time", "180"];
        let ready = Command::new("curl").args(wait).arg(format!("{}/api/v1/version", gitea.url)).output();
        match ready {
            Ok(out) if out.status.success() => Ok(gitea),
            other => Err(format!("Gitea does not answer: {other:?}")),
        }
    }

    /// The API, as any other client would call it.
    pub fn api(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-X", method, "-w", "\n%{http_code}", "-H", "content-type: application/json"]);
        curl.arg("-H").arg(format!("authorization: token {}", self.token));
        curl.args(["--data-binary", "@-"]).arg(format!("{}/api/v1{path}", self.url));
        let mut child = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let text = body.map(Value::to_string).unwrap_or_default();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let out = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        let (body, status) = out.rsplit_once('\n').unwrap();
        (status.parse().unwrap(), serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// Makes an empty project and gives its address.
    pub fn project(&self, name: &str) -> String {
        let (status, _) = self.api("POST", "/user/repos", Some(&json!({ "name": name })));
        assert_eq!(status, 201, "project {name}");
        format!("{}/ann/{name}.git", self.url)
    }
}

fn settings(dir: &Path, files: &Path, port: u16) -> String {
    let (dir, files) = (dir.display(), files.display());
    let user = Command::new("id").arg("-un").output().map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned());
    let user = user.unwrap_or_default();
    format!(
        "RUN_USER = {user}\nRUN_MODE = prod\nWORK_PATH = {dir}\nI_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true\n\
         [server]\nHTTP_ADDR = 127.0.0.1\nHTTP_PORT = {port}\nROOT_URL = http://127.0.0.1:{port}/\n\
         STATIC_ROOT_PATH = {files}\nDISABLE_SSH = true\nOFFLINE_MODE = true\n\
         [database]\nDB_TYPE = sqlite3\nPATH = {dir}/gitea.db\n[repository]\nROOT = {dir}/repos\nDEFAULT_BRANCH = main\n\
         [security]\nINSTALL_LOCK = true\nSECRET_KEY = only-for-tests\n[log]\nMODE = file\nLEVEL = Warn\nROOT_PATH = {dir}/log\n\
         [actions]\nENABLED = false\n[indexer]\nISSUE_INDEXER_TYPE = db\n[cron]\nENABLED = false\n"
    )
}
