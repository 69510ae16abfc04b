"""Writes what a playbook run does as JSON lines into the file named by XCF_EVENTS, for XCloudFlow.

Works with ansible-core 2.14 and newer. Results of `no_log` tasks arrive here already censored by Ansible.
"""

from __future__ import annotations

import json
import os

from ansible import __version__ as ANSIBLE_VERSION
from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: xcf_events
    type: aggregate
    short_description: JSON lines for XCloudFlow
    description:
      - Writes one JSON object per event into the file named by the environment variable XCF_EVENTS.
    requirements: []
"""

# Exit code of a run that was refused before a task could change something in check mode.
REFUSED = 97


def part(result, name):
    """A part of a task result; older versions only have the underscored names."""
    value = getattr(result, name, None)
    return value if value is not None else getattr(result, "_" + name)


def words(value):
    """The conditions of a task as one text."""
    if isinstance(value, (list, tuple)):
        return " ".join(str(item) for item in value)
    return str(value or "")


class CallbackModule(CallbackBase):
    """See the module."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "xcf_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.checking = bool(context.CLIARGS.get("check"))
        self.strict = os.environ.get("XCF_REFUSE_UNCHECKED") == "1"
        # Variables whose content check mode could not know.
        self.blind_registers = set()
        handle = os.open(os.environ["XCF_EVENTS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.out = os.fdopen(handle, "a", encoding="utf-8")
        self.emit(event="start", version=ANSIBLE_VERSION, check=self.checking)

    def emit(self, **fields):
        self.out.write(json.dumps(fields, default=str) + "\n")
        self.out.flush()

    def v2_playbook_on_play_start(self, play):
        self.emit(event="play", name=str(play.get_name()))

    def v2_playbook_on_no_hosts_matched(self):
        self.emit(event="no-hosts")

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.task_started(task)

    def v2_playbook_on_handler_task_start(self, task):
        self.task_started(task)

    def task_started(self, task):
        mode = getattr(task, "check_mode", None)
        unchecked = self.checking and mode is not True
        self.emit(event="task", name=str(task.get_name()), path=str(task.get_path() or ""), action=self.action(task), unchecked=unchecked)
        if unchecked and self.strict:
            # Before any host has it: nothing of this task runs.
            self.emit(event="refused", name=str(task.get_name()), path=str(task.get_path() or ""))
            self.out.close()
            os._exit(REFUSED)

    @staticmethod
    def action(task):
        return str(getattr(task, "resolved_action", None) or task.action)

    def v2_runner_on_start(self, host, task):
        self.emit(event="begun", host=host.get_name(), name=str(task.get_name()), action=self.action(task))

    def v2_runner_on_ok(self, result):
        self.result(result, "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.result(result, "failed", ignored=bool(ignore_errors))

    def v2_runner_on_unreachable(self, result):
        self.result(result, "unreachable")

    def v2_runner_on_skipped(self, result):
        self.result(result, "skipped")

    def result(self, result, status, ignored=False):
        task, data = part(result, "task"), part(result, "result")
        hidden = "censored" in data
        items = [item for item in data.get("results") or [] if isinstance(item, dict)]
        blind = self.checking and self.is_blind(task, data, items, status)
        if blind and task.register:
            self.blind_registers.add(str(task.register))
        diffs = []
        for one in items or [data]:
            found = one.get("diff")
            diffs.extend(found if isinstance(found, list) else [found])
        kept = [{key: d[key] for key in ("before", "after", "prepared") if key in d} for d in diffs if isinstance(d, dict)]
        self.emit(
            event="result",
            host=part(result, "host").get_name(),
            name=str(task.get_name()),
            path=str(task.get_path() or ""),
            action=self.action(task),
            status=status,
            ignored=ignored,
            changed=bool(data.get("changed") or any(item.get("changed") for item in items)),
            blind=blind,
            hidden=hidden,
            msg="" if hidden else str(data.get("msg", "")),
            diff=[] if hidden else [d for d in kept if d],
        )

    def is_blind(self, task, data, items, status):
        """True if check mode could not say what this task would do."""
        if any(name in words(getattr(task, "when", "")) for name in self.blind_registers):
            return True
        if status == "skipped" and not items:
            return not self.by_condition(data)
        return any(item.get("skipped") and not self.by_condition(item) for item in items)

    @staticmethod
    def by_condition(data):
        reason = str(data.get("skip_reason") or data.get("skipped_reason") or "")
        return "false_condition" in data or reason.startswith("Conditional") or reason.startswith("No items")

    def v2_playbook_on_stats(self, stats):
        hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
        self.emit(event="stats", hosts=hosts, outputs=stats.custom.get("_run", {}))
        self.out.close()
