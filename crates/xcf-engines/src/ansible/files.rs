//! The files a playbook run gets from us, all private to its work folder: inventory, variables, configuration, callback plugin.

use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use xcf_core::graph::Host;
use xcf_core::ports::runner::UnitContext;
use xcf_core::value::Resolved;

use crate::process::write_private;

const PLUGIN: &str = include_str!("xcf_events.py");

/// Where they are.
#[derive(Debug, Clone)]
pub struct RunFiles {
    /// Inventory.
    pub inventory: PathBuf,
    /// Variables: secrets in plain text; removed after the run.
    pub variables: PathBuf,
    /// `ansible.cfg`.
    pub config: PathBuf,
    /// ANSIBLE_HOME.
    pub home: PathBuf,
}

/// Writes them below `dir`.
pub fn lay_out(cx: &UnitContext, dir: &Path) -> std::io::Result<RunFiles> {
    let plugins = dir.join("plugins");
    let files = RunFiles {
        inventory: dir.join("inventory.json"),
        variables: dir.join("variables.yml"),
        config: dir.join("ansible.cfg"),
        home: dir.join("home"),
    };
    for folder in [dir, &plugins, &files.home] {
        crate::process::private_dir(folder)?;
    }
    write_private(&plugins.join("xcf_events.py"), PLUGIN.as_bytes())?;
    let inventory = serde_json::to_vec_pretty(&inventory(&cx.hosts, &files.home.join("tmp")))?;
    write_private(&files.inventory, &inventory)?;
    write_private(&files.variables, variables(cx).as_bytes())?;
    write_private(&files.config, config(cx, &plugins, &files.home).as_bytes())?;
    Ok(files)
}

/// Hosts with their variables; a group `KEY_VALUE` for each label, so that plays can name them.
fn inventory(hosts: &[Host], local_tmp: &Path) -> Value {
    let mut all = Map::new();
    let mut groups: Map<String, Value> = Map::new();
    for host in hosts {
        let mut vars: Map<String, Value> = host.vars.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        let mut default = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                vars.entry(key.to_owned()).or_insert(value);
            }
        };
        default("ansible_host", Some(json!(host.address)));
        default("ansible_port", host.port.map(|port| json!(port)));
        default("ansible_user", host.user.as_ref().map(|user| json!(user)));
        default("xcf_labels", Some(json!(host.labels)));
        let local = vars.get("ansible_connection").is_some_and(|c| c == "local");
        if local {
            vars.entry("ansible_remote_tmp".to_owned()).or_insert_with(|| json!(local_tmp));
            // As Ansible does for its own localhost: discovery may find a version manager's shim that runs nothing.
            vars.entry("ansible_python_interpreter".to_owned())
                .or_insert_with(|| json!("{{ ansible_playbook_python }}"));
        }
        for (key, value) in &host.labels {
            let group = groups.entry(group_name(key, value)).or_insert_with(|| json!({"hosts": {}}));
            if let Some(members) = group.get_mut("hosts").and_then(Value::as_object_mut) {
                members.insert(host.name.clone(), Value::Object(Map::new()));
            }
        }
        all.insert(host.name.clone(), Value::Object(vars));
    }
    json!({"all": {"hosts": all, "children": groups}})
}

fn group_name(key: &str, value: &str) -> String {
    format!("{key}_{value}").chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Inputs as an extra-vars file (`dsl §6`). JSON is YAML; texts that look like templates are marked `!unsafe`: inputs are data, and an
/// upstream output must not be able to run a lookup here.
fn variables(cx: &UnitContext) -> String {
    let known = cx.inputs.iter().filter_map(|(name, value)| match value {
        Resolved::Known(value) => Some((name, value)),
        Resolved::Sensitive(secret) => Some((name, secret.expose())),
        Resolved::Unknown(_) => None,
    });
    let entries: Vec<String> = known.map(|(name, value)| format!("{}: {}", json!(name), unsafe_yaml(value))).collect();
    format!("{{{}}}\n", entries.join(", "))
}

fn unsafe_yaml(value: &Value) -> String {
    match value {
        Value::String(text) if ["{{", "{%", "{#"].iter().any(|sign| text.contains(sign)) => format!("!unsafe {value}"),
        Value::Array(items) => format!("[{}]", items.iter().map(unsafe_yaml).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, item)| format!("{}: {}", json!(key), unsafe_yaml(item))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

fn config(cx: &UnitContext, plugins: &Path, home: &Path) -> String {
    let (export, cache, tmp) = (cx.export.display(), cx.cache_dir.display(), home.join("tmp"));
    let user = std::env::var("HOME").map(|h| format!(":{h}/.ansible/collections")).unwrap_or_default();
    // No shared SSH connections: their background process would outlive the run.
    format!(
        "[defaults]\ncallback_plugins = {}\ncallbacks_enabled = xcf_events\nstdout_callback = default\nretry_files_enabled = False\n\
         nocows = True\nlocal_tmp = {}\nroles_path = {export}/roles\n\
         collections_path = {export}/collections:{cache}/collections{user}:/usr/share/ansible/collections\n\
         [ssh_connection]\nssh_args = -o ControlMaster=no -o ControlPersist=no\npipelining = True\n",
        plugins.display(),
        tmp.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn dsl1_hosts_become_an_inventory_with_label_groups() {
        let host = Host {
            name: "web1".into(),
            address: "127.0.0.1".into(),
            port: Some(2222),
            user: None,
            vars: BTreeMap::from([("ansible_connection".into(), json!("local"))]),
            labels: BTreeMap::from([("role".into(), "web-front".into())]),
        };
        let made = inventory(&[host], Path::new("/w/tmp"));
        assert_eq!(made["all"]["hosts"]["web1"]["ansible_port"], 2222);
        assert_eq!(made["all"]["hosts"]["web1"]["ansible_remote_tmp"], "/w/tmp");
        assert_eq!(made["all"]["children"]["role_web_front"]["hosts"], json!({"web1": {}}));
    }

    #[test]
    fn dsl6_texts_that_look_like_templates_stay_data() {
        let value = json!({"a": ["{{ lookup('pipe', 'id') }}", "plain", 3], "b": {"c": "{% x %}"}});
        let text = unsafe_yaml(&value);
        assert_eq!(text, r#"{"a": [!unsafe "{{ lookup('pipe', 'id') }}", "plain", 3], "b": {"c": !unsafe "{% x %}"}}"#);
    }
}
