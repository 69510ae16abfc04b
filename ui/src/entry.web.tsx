import { start } from "./app/start";
import { webPlatform } from "./platform/web";

start(webPlatform());
