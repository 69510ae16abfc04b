/** True inside the desktop window: the shell puts its bridge on `window` before any script runs. */
export function runsInDesktopShell(): boolean {
  return "__TAURI_INTERNALS__" in window;
}
