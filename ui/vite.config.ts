import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `base: "./"` lets one build serve the browser and the desktop window; `<base href="/">` in
// index.html makes those relative addresses right on deep links too.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { target: "es2023", sourcemap: true, chunkSizeWarningLimit: 1600 },
  worker: { format: "es" },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/api": { target: process.env.XCF_API ?? "http://127.0.0.1:7420", changeOrigin: false } },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}", "src/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
});
