// `make bench`: the canvas in Chromium beside a bare React Flow. Needs a built UI (ui/dist); builds its floor itself.
//   node bench/run.mjs [UNITS…]
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { build, runnerImport } from "vite";

const ui = join(import.meta.dirname, "..");
const product = process.env.XCF_UI_DIR ?? join(ui, "dist");
if (!existsSync(join(product, "index.html"))) {
  console.error(`error: no built UI in ${product}: run scripts/ui.sh build`);
  process.exit(1);
}
// Outside ui/dist: nothing of the floor is in what is shipped.
const floor = mkdtempSync(join(tmpdir(), "xcf-bench-"));
try {
  await build({
    root: join(ui, "bench/bare"),
    base: "/bare/",
    configFile: false,
    logLevel: "warn",
    plugins: [react()],
    build: { target: "es2023", outDir: floor, emptyOutDir: true },
  });
  const { module } = await runnerImport(join(ui, "bench/canvas.ts"), { configFile: false, root: ui });
  await module.run(product, floor, process.argv.slice(2).map(Number));
} finally {
  rmSync(floor, { recursive: true, force: true });
}
