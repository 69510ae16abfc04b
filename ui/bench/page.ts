import type { Page } from "@playwright/test";

/** A point on the page. */
interface At {
  x: number;
  y: number;
}

/** Milliseconds between a mark set in the page and the frame that shows what the selector names. */
declare global {
  interface Window {
    bench: {
      firstNode: Promise<number>;
      firstBlock: Promise<number>;
      painted(selector: string): Promise<number>;
    };
  }
}

/** Runs before the page's own scripts: notes the first frame in which a node stands on the screen. */
export function watch(): void {
  const painted = (selector: string) =>
    new Promise<number>((resolve) => {
      const look = () => {
        const node = document.querySelector(selector);
        if (node === null || getComputedStyle(node).visibility === "hidden") return requestAnimationFrame(look);
        // The frame that holds it is drawn once this task is behind us.
        const channel = new MessageChannel();
        channel.port1.onmessage = () => resolve(performance.now());
        channel.port2.postMessage(null);
        return 0;
      };
      requestAnimationFrame(look);
    });
  window.bench = { firstNode: painted(".react-flow__node"), firstBlock: painted(".ov-block"), painted };
}

/** From the navigation to the first frame with a node in it. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(() => window.bench.firstNode);
}

/** The same for the overview, which a large workspace opens as. */
export function firstBlock(page: Page): Promise<number> {
  return page.evaluate(() => window.bench.firstBlock);
}

export type Gesture = "pan" | "wire";

/** Frame times in milliseconds while a gesture goes on, one step of it in every frame. */
export function frames(page: Page, gesture: Gesture, steps: number): Promise<number[]> {
  return page.evaluate(drive, { gesture, steps });
}

/** In the page. A step is an event like the ones the browser makes; the next frame comes when this one is drawn. */
async function drive({ gesture, steps }: { gesture: Gesture; steps: number }): Promise<number[]> {
  const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const flow = document.querySelector(".react-flow");
  const pane = document.querySelector(".react-flow__pane");
  if (flow === null || pane === null) throw new Error("there is no React Flow on the page");
  const box = flow.getBoundingClientRect();
  // Over the middle, so that neither an edge nor the auto-pan at it comes into play.
  const centre: At = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  const around = (i: number): At => ({
    x: centre.x + Math.cos(i / 15) * box.width * 0.3,
    y: centre.y + Math.sin(i / 10) * box.height * 0.3,
  });
  const mouse = (type: string, { x, y }: At, buttons: number) =>
    new MouseEvent(type, { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y, button: 0, buttons });
  const step = (i: number) => {
    const at = around(i);
    if (gesture === "wire") document.dispatchEvent(mouse("mousemove", at, 1));
    else
      pane.dispatchEvent(
        new WheelEvent("wheel", {
          bubbles: true,
          cancelable: true,
          clientX: centre.x,
          clientY: centre.y,
          // Down and right, then back: other parts of the picture come into view all the time.
          deltaX: i % 80 < 40 ? 17 : -17,
          deltaY: i % 80 < 40 ? 23 : -23,
        }),
      );
  };
  if (gesture === "wire") {
    const port = [...document.querySelectorAll(".react-flow__handle.source")].find((handle) => {
      const own = handle.getBoundingClientRect();
      return own.left > box.left + 150 && own.top > box.top + 40;
    });
    if (port === undefined) throw new Error("no unit in view has a port to draw a wire from");
    const own = port.getBoundingClientRect();
    port.dispatchEvent(mouse("mousedown", { x: own.left + own.width / 2, y: own.top + own.height / 2 }, 1));
  }
  const ENOUGH = 40;
  const LONG_MS = 4_000;
  const took: number[] = [];
  let last = await nextFrame();
  const begun = last;
  // A slow machine shows what it is with fewer frames.
  for (let i = 0; i < steps && (i < ENOUGH || last - begun < LONG_MS); i += 1) {
    step(i);
    const now = await nextFrame();
    took.push(now - last);
    last = now;
  }
  if (gesture === "wire") {
    if (document.querySelector(".react-flow__connection") === null) throw new Error("no wire was being drawn");
    // Dropped on nothing: the wire is given up.
    document.dispatchEvent(mouse("mousemove", { x: box.left + 2, y: box.top + 2 }, 1));
    document.dispatchEvent(mouse("mouseup", { x: box.left + 2, y: box.top + 2 }, 0));
  }
  return took;
}

/** From the key that makes an edit to the first frame that shows it. */
export async function untilShown(page: Page, keys: string, selector: string): Promise<number> {
  await page.evaluate((wanted) => {
    const pressed = new Promise<number>((resolve) => {
      window.addEventListener("keydown", (event) => event.key.toLowerCase() === "z" && resolve(performance.now()), {
        capture: true,
      });
    });
    Object.assign(window, { shownAfter: pressed.then(async (at) => (await window.bench.painted(wanted)) - at) });
  }, selector);
  await page.keyboard.press(keys);
  return page.evaluate(() => (window as unknown as { shownAfter: Promise<number> }).shownAfter);
}
