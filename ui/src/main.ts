import { runsInDesktopShell } from "./platform/detect";

// One build, two shells: each entry brings its own platform and nothing of the other's.
if (runsInDesktopShell()) {
  void import("./entry.tauri");
} else {
  void import("./entry.web");
}
