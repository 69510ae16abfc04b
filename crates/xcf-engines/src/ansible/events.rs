//! What the callback plugin writes, and what it adds up to.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One line of the events file.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event {
    Start {
        version: String,
    },
    Play {
        name: String,
    },
    NoHosts,
    Task {},
    Begun {
        host: String,
        name: String,
        action: String,
    },
    Refused {
        name: String,
        path: String,
    },
    Result(TaskResult),
    Stats {
        #[serde(default)]
        hosts: BTreeMap<String, Value>,
        #[serde(default)]
        outputs: BTreeMap<String, Value>,
    },
}

/// One task on one host.
#[derive(Debug, Clone, Deserialize)]
pub struct TaskResult {
    /// Host.
    pub host: String,
    /// Task name, with its role.
    pub name: String,
    /// `FILE:LINE`, absolute.
    pub path: String,
    /// Module.
    pub action: String,
    /// `ok`, `failed`, `unreachable`, `skipped`.
    pub status: String,
    /// Failed, but its failure was told to be ignored.
    pub ignored: bool,
    /// It changed something (or would).
    pub changed: bool,
    /// Check mode could not say what it would do.
    pub blind: bool,
    /// `no_log`.
    pub hidden: bool,
    /// Message.
    pub msg: String,
    /// Differences.
    pub diff: Vec<Value>,
}

/// A task that may not run in check mode, at `FILE:LINE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTask {
    /// Name.
    pub name: String,
    /// Place, absolute.
    pub path: String,
}

/// Everything one run told.
#[derive(Debug, Default)]
pub struct Told {
    /// ansible-core's version; none: it did not even begin.
    pub version: Option<String>,
    /// Results in order.
    pub results: Vec<TaskResult>,
    /// Tasks begun without a result: (host, name, action).
    pub open: Vec<(String, String, String)>,
    /// Plays that matched no host.
    pub without_hosts: Vec<String>,
    /// Number of plays.
    pub plays: usize,
    /// A task that was refused.
    pub refused: Option<RefusedTask>,
    /// It came to its end, with the run's outputs.
    pub ended: Option<BTreeMap<String, Value>>,
    /// Hosts of the final summary.
    pub hosts: usize,
}

impl Told {
    /// Reads the file. A torn last line (a killed engine) and lines of a later plugin are left out.
    pub fn read(text: &str) -> Self {
        let mut told = Self::default();
        let mut play = String::new();
        for event in text.lines().filter_map(|line| serde_json::from_str(line).ok()) {
            match event {
                Event::Start { version } => told.version = Some(version),
                Event::Play { name } => {
                    told.plays += 1;
                    play = name;
                }
                Event::NoHosts => told.without_hosts.push(play.clone()),
                Event::Task {} => {}
                Event::Begun { host, name, action } => told.open.push((host, name, action)),
                Event::Refused { name, path } => told.refused = Some(RefusedTask { name, path }),
                Event::Result(result) => {
                    told.open.retain(|(host, name, _)| (host, name) != (&result.host, &result.name));
                    told.results.push(result);
                }
                Event::Stats { outputs, hosts } => {
                    told.hosts = hosts.len();
                    told.ended = Some(outputs);
                }
            }
        }
        told
    }

    /// Results that made the run fail.
    pub fn failures(&self) -> impl Iterator<Item = &TaskResult> {
        self.results.iter().filter(|r| r.status == "unreachable" || (r.status == "failed" && !r.ignored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d7_events_of_a_killed_run_are_read_as_far_as_they_go() {
        let text = concat!(
            "{\"event\":\"start\",\"version\":\"2.19.1\",\"check\":false}\n",
            "{\"event\":\"task\",\"name\":\"a\",\"path\":\"/x:1\",\"action\":\"copy\",\"unchecked\":false}\n",
            "{\"event\":\"begun\",\"host\":\"h\",\"name\":\"a\",\"action\":\"copy\"}\n",
            "{\"event\":\"from-the-future\"}\n{\"event\":\"res"
        );
        let told = Told::read(text);
        assert_eq!(told.version.as_deref(), Some("2.19.1"));
        assert_eq!(told.open, [("h".to_owned(), "a".to_owned(), "copy".to_owned())]);
        assert!(told.ended.is_none() && told.results.is_empty());
    }
}
