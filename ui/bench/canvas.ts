import { type Browser, chromium, type Page } from "@playwright/test";
import config from "../playwright.config";
import { ADDED, SHOWN } from "./graph";
import { firstBlock, firstPaint, frames, type Gesture, untilShown, watch } from "./page";
import { type Figures, report } from "./report";
import { type Bench, type Edit, serve } from "./serve";

const SIZES = [500, 2_000, 5_000];
/** Fewer on a machine that is slow or busy. */
const REPEATS = Number(process.env.XCF_BENCH_REPEATS ?? 3);
const STEPS = 120;
/** Zooms of the canvas: units with their state line, and units as names with their compositions' wires bundled. */
const MIDDLE = "35%";
const room = { width: 1440, height: 900 };

/** What stands on the screen once the edit is there: in the product, and on the floor. */
const shows: Record<Edit, { canvas: string; bare: string }> = {
  change: { canvas: `[data-id="${SHOWN}"] .node.bad`, bare: `[data-id="${SHOWN}"].failed` },
  add: { canvas: `[data-id="${ADDED}"]`, bare: `[data-id="${ADDED}"]` },
};

/** What of the picture the canvas showed, so that the floor shows the same. */
interface Part {
  width: number;
  height: number;
  x: number;
  y: number;
  zoom: number;
}

/** The tail of the frame times: one frame in twenty takes longer. */
function p95(times: number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

async function opened(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: room, reducedMotion: "reduce", locale: "en-GB" });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(url);
  return page;
}

function partOf(page: Page): Promise<Part> {
  return page.evaluate(() => {
    const flow = document.querySelector(".react-flow")?.getBoundingClientRect();
    const moved = document.querySelector(".react-flow__viewport");
    if (flow === undefined || moved === null) throw new Error("there is no React Flow on the page");
    const { e, f, a } = new DOMMatrix(getComputedStyle(moved).transform);
    return { width: Math.round(flow.width), height: Math.round(flow.height), x: e, y: f, zoom: a };
  });
}

async function gesture(page: Page, kind: Gesture): Promise<number> {
  return p95(await frames(page, kind, STEPS));
}

async function edits(page: Page, bench: Bench, shape: "canvas" | "bare", into: Figures): Promise<void> {
  for (const edit of ["change", "add"] as const) {
    bench.arm(edit);
    const selector = shows[edit][shape];
    into[edit] = await untilShown(page, "Control+Shift+KeyZ", selector);
    await page.keyboard.press("Control+KeyZ");
    await page.locator(selector).waitFor({ state: "detached" });
  }
}

/** The product: opened on one unit, as a link or a search hit opens it, then seen from further away. */
async function canvas(browser: Browser, bench: Bench): Promise<{ figures: Figures; near: Part; middle: Part }> {
  const overview = await opened(browser, `${bench.url}/graph`);
  const figures: Figures = { overview: await firstBlock(overview) };
  await overview.context().close();

  const page = await opened(browser, `${bench.url}/graph?sel=${encodeURIComponent(SHOWN)}`);
  figures.paint = await firstPaint(page);
  await page.locator(".node.sel").waitFor();
  const near = await partOf(page);
  await edits(page, bench, "canvas", figures);
  figures.pan = await gesture(page, "pan");
  figures.wire = await gesture(page, "wire");
  await page.keyboard.press("1");
  await page.locator(".zoom-word", { hasText: MIDDLE }).waitFor();
  const middle = await partOf(page);
  figures.panFar = await gesture(page, "pan");
  await page.context().close();
  return { figures, near, middle };
}

function address(bench: Bench, part: Part, only: string): string {
  const asked = Object.entries(part).map(([name, value]) => `${name}=${value}`);
  return `${bench.url}/bare/?${[...asked, `only=${only}`].join("&")}`;
}

/** The floor, either as React Flow comes or with only what is in view mounted. */
async function bare(browser: Browser, bench: Bench, near: Part, middle: Part, only: string): Promise<Figures> {
  const page = await opened(browser, address(bench, near, only));
  const figures: Figures = { paint: await firstPaint(page) };
  await edits(page, bench, "bare", figures);
  figures.pan = await gesture(page, "pan");
  figures.wire = await gesture(page, "wire");
  await page.context().close();
  const far = await opened(browser, address(bench, middle, only));
  await firstPaint(far);
  figures.panFar = await gesture(far, "pan");
  await far.context().close();
  return figures;
}

/** The least of each figure: what else the machine did meanwhile only ever adds. */
function least(runs: Figures[]): Figures {
  const out: Figures = {};
  for (const run of runs)
    for (const [name, value] of Object.entries(run) as [keyof Figures, number][])
      out[name] = Math.min(out[name] ?? Number.POSITIVE_INFINITY, value);
  return out;
}

/** Measures the canvas and its floors at every size, side by side, and prints them. */
export async function run(product: string, floor: string, sizes: number[]): Promise<void> {
  const launch = config.use?.launchOptions ?? {};
  const bench = await serve(product, floor);
  const browser = await chromium.launch({
    ...launch,
    // A frame is done when it is done, not when a screen would have shown it: differences below 16 ms count too.
    args: [...(launch.args ?? []), "--disable-frame-rate-limit", "--disable-gpu-vsync"],
  });
  try {
    const rows = [];
    for (const units of sizes.length > 0 ? sizes : SIZES) {
      bench.show(units);
      const runs: Record<"canvas" | "visible" | "bare", Figures[]> = { canvas: [], visible: [], bare: [] };
      for (let i = 0; i < REPEATS; i += 1) {
        const { figures, near, middle } = await canvas(browser, bench);
        runs.canvas.push(figures);
        runs.visible.push(await bare(browser, bench, near, middle, "visible"));
        runs.bare.push(await bare(browser, bench, near, middle, ""));
      }
      const row = { units, canvas: least(runs.canvas), visible: least(runs.visible), bare: least(runs.bare) };
      rows.push(row);
      process.stderr.write(`    ${units} units measured\n`);
    }
    process.stdout.write(report(rows, REPEATS));
  } finally {
    await browser.close();
    await bench.close();
  }
}
