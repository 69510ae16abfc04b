import adoptEn from "./en/adopt.json";
import authorEn from "./en/author.json";
import changesEn from "./en/changes.json";
import editorEn from "./en/editor.json";
import firstRunEn from "./en/first-run.json";
import frameEn from "./en/frame.json";
import graphEn from "./en/graph.json";
import inspectorEn from "./en/inspector.json";
import locksEn from "./en/locks.json";
import matrixEn from "./en/matrix.json";
import partsEn from "./en/parts.json";
import problemsEn from "./en/problems.json";
import runEn from "./en/run.json";
import saidEn from "./en/said.json";
import settingsEn from "./en/settings.json";
import timesEn from "./en/times.json";
import adoptZh from "./zh-CN/adopt.json";
import authorZh from "./zh-CN/author.json";
import changesZh from "./zh-CN/changes.json";
import editorZh from "./zh-CN/editor.json";
import firstRunZh from "./zh-CN/first-run.json";
import frameZh from "./zh-CN/frame.json";
import graphZh from "./zh-CN/graph.json";
import inspectorZh from "./zh-CN/inspector.json";
import locksZh from "./zh-CN/locks.json";
import matrixZh from "./zh-CN/matrix.json";
import partsZh from "./zh-CN/parts.json";
import problemsZh from "./zh-CN/problems.json";
import runZh from "./zh-CN/run.json";
import saidZh from "./zh-CN/said.json";
import settingsZh from "./zh-CN/settings.json";
import timesZh from "./zh-CN/times.json";

/** One file per area of the app; both languages ship in the build, so switching needs no network. */
export const resources = {
  en: {
    frame: frameEn,
    parts: partsEn,
    graph: graphEn,
    adopt: adoptEn,
    author: authorEn,
    inspector: inspectorEn,
    editor: editorEn,
    problems: problemsEn,
    changes: changesEn,
    run: runEn,
    matrix: matrixEn,
    settings: settingsEn,
    "first-run": firstRunEn,
    locks: locksEn,
    times: timesEn,
    said: saidEn,
  },
  "zh-CN": {
    frame: frameZh,
    parts: partsZh,
    graph: graphZh,
    adopt: adoptZh,
    author: authorZh,
    inspector: inspectorZh,
    editor: editorZh,
    problems: problemsZh,
    changes: changesZh,
    run: runZh,
    matrix: matrixZh,
    settings: settingsZh,
    "first-run": firstRunZh,
    locks: locksZh,
    times: timesZh,
    said: saidZh,
  },
} as const;
