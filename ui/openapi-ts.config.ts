import { defineConfig } from "@hey-api/openapi-ts";

// Types only: requests go through the one Platform port, so a second client would be a second way out.
export default defineConfig({
  input: "./openapi.json",
  output: { path: "src/api/gen" },
  plugins: ["@hey-api/typescript"],
});
