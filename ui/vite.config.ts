import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// One build serves the browser and the desktop window; both put it at their root, and deep links
// (`/change/CS-7`) need addresses that do not depend on how deep they are.
export default defineConfig({
  base: "/",
  plugins: [react()],
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 1600 },
  worker: { format: "es" },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { "/api": { target: process.env.XCF_API ?? "http://127.0.0.1:7420", changeOrigin: false } },
  },
  test: {
    // A slow machine is not a wrong answer.
    testTimeout: 30_000,
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}", "src/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
});
