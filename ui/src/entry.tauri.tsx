import { start } from "./app/start";
import { tauriPlatform } from "./platform/tauri";

start(tauriPlatform());
