import { expect, type Locator, type Page } from "@playwright/test";
import type { Drawing, Place, Placed, Wire } from "./draw";
import { words } from "./words";

const say = words("en");

/**
 * The window by mouse: clicks and drags, and letters typed into the field that was clicked, never a key of a command.
 * A native list is drawn by the system outside the page; `selectOption` stands for the click in it.
 */
export function byMouse(page: Page): Drawing {
  const sheet = page.getByRole("dialog");
  const node = (unit: string) => page.locator(".react-flow__node", { has: page.locator(`[data-unit='${unit}']`) });
  const button = (name: string) => page.getByRole("button", { name, exact: true });

  const type = async (field: Locator, text: string) => {
    await field.click({ clickCount: 3 });
    await page.keyboard.type(text);
    await expect(field).toHaveValue(text);
  };
  const done = async (verb: string) => {
    await sheet.getByRole("button", { name: verb, exact: true }).click();
    await expect(sheet).toHaveCount(0);
  };
  const fromMenu = async (item: string) => {
    await button(say("author:menu")).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  const select = async (unit: string) => {
    await node(unit).click();
    await expect(page.locator(".ins .ihd-2")).toContainText(unit);
  };
  /** Where a card is let go: in the named lane, or on the Composition that holds the unit. */
  const dropAt = async ({ into }: Placed): Promise<{ x: number; y: number } | null> => {
    if ("composition" in into) {
      const box = await page.locator(`[data-unit^='prod/${into.composition}/']`).first().boundingBox();
      if (box === null) throw new Error(`no unit of ${into.composition} is in view`);
      return { x: box.x + box.width / 2, y: box.y + box.height + 4 };
    }
    const band = page.locator(".lh", { hasText: into.lane }).first();
    if ((await band.count()) === 0) return null;
    const box = await band.boundingBox();
    const stage = await page.locator(".cv").boundingBox();
    if (box === null || stage === null) throw new Error("no lane");
    return { x: stage.x + 420, y: box.y + box.height / 2 };
  };

  return {
    async open(folder) {
      await type(page.getByLabel(say("first-run:repository.path")), folder);
      await button(say("first-run:repository.open")).click();
      await expect(page.getByText(say("graph:empty.title"))).toBeVisible({ timeout: 120_000 });
    },
    async environment(name) {
      await fromMenu(say("author:cmd.assemble"));
      await type(sheet.getByLabel(say("author:assemble.name")), name);
      await done(say("author:assemble.verb"));
      await fromMenu(say("author:cmd.palette"));
    },
    async add(placed) {
      const card = page.locator(".module-card", { hasText: placed.ref });
      await expect(card).toBeVisible();
      const at = await dropAt(placed);
      // Nothing is drawn yet: the card goes onto the empty canvas.
      const host = at === null ? page.locator(".empty-canvas") : page.locator(".cv .react-flow__pane");
      const box = await host.boundingBox();
      if (box === null) throw new Error("no canvas");
      await card.dragTo(host, at === null ? {} : { targetPosition: { x: at.x - box.x, y: at.y - box.y } });
      await expect(sheet.getByLabel(say("author:add.module"), { exact: true })).toHaveValue(placed.ref);
      const composition = "composition" in placed.into ? placed.into.composition : placed.into.name;
      if ("composition" in placed.into) {
        await expect(sheet.getByLabel(say("author:add.into"))).toHaveValue(composition);
      } else {
        await expect(sheet.getByLabel(say("author:add.lifecycle"))).toHaveValue(placed.into.lane);
        const name = sheet.getByLabel(say("author:add.name"), { exact: true });
        if ((await name.inputValue()) !== composition) await type(name, composition);
        await expect(sheet.getByRole("checkbox", { name: "prod" })).toBeChecked();
      }
      if (placed.module !== undefined) await type(sheet.getByLabel(say("author:add.moduleName")), placed.module);
      await done(say("author:add.verb"));
      const module = placed.module ?? placed.ref.split("/").at(-1);
      // The lanes make room for it: the next drop needs them at rest.
      await expect(page.locator(`[data-unit='prod/${composition}/${module}']`)).toBeVisible();
    },
    async connect({ from, to, ports }: Wire) {
      await node(from).hover();
      await node(from).locator(".port.out").dragTo(node(to).locator(".port.in"));
      await expect(sheet.getByLabel(say("author:connect.from"))).toHaveValue(from);
      await expect(sheet.getByLabel(say("author:connect.to"))).toHaveValue(to);
      if (ports === null) {
        await sheet.getByLabel(say("author:connect.orderOnly")).click();
      } else {
        for (const [label, port] of [
          [say("author:connect.output"), ports.output],
          [say("author:connect.input"), ports.input],
        ] as const) {
          const list = sheet.getByLabel(label, { exact: true });
          if ((await list.inputValue()) !== port) await list.selectOption(port);
        }
      }
      await done(say("author:connect.verb"));
    },
    async input(unit: string, field: string, place: Place, value: string) {
      await select(unit);
      const row = page.locator(`[data-field='${field}']`);
      const where = row.getByRole("combobox", { name: say("inspector:form.where", { name: field }) });
      if ((await where.inputValue()) !== place) await where.selectOption(place);
      await type(row.getByRole("textbox"), value);
      // Leaving the field writes it.
      await page.locator(".ihd h2").click();
    },
    async policy(unit, field, value) {
      await select(unit);
      await page.locator(".ins").getByLabel(field, { exact: true }).selectOption(value);
    },
    async write(environment, below, lines) {
      await page.getByRole("button", { name: new RegExp(`^${say("frame:top.environment")}: `) }).click();
      await page.getByRole("menuitem", { name: say("frame:cmd.textOf", { name: environment }) }).click();
      const text = sheet.getByRole("textbox");
      const line = text.locator(".cm-line").filter({ hasText: new RegExp(`^${below}$`) });
      const box = await line.boundingBox();
      if (box === null) throw new Error(`no line ${below}`);
      // Behind its last letter.
      await page.mouse.click(box.x + box.width - 4, box.y + box.height / 2);
      await page.keyboard.insertText(`\n${lines.join("\n")}`);
      await sheet.getByRole("button", { name: say("editor:save") }).click();
      await expect(sheet.getByText(say("editor:saved"))).toBeVisible();
      await sheet.getByRole("button", { name: say("parts:close") }).click();
      await expect(sheet).toHaveCount(0);
    },
    async exportToGit(title, message) {
      await page.getByRole("button", { name: say("graph:export.button") }).click();
      await type(sheet.getByLabel(say("graph:export.prTitle"), { exact: true }), title);
      await type(sheet.getByLabel(say("graph:export.message")), message);
      await sheet.getByRole("button", { name: say("graph:export.do") }).click();
      const trust = page.getByRole("dialog", { name: say("frame:trust.title") });
      await trust.getByRole("button", { name: say("frame:trust.yes") }).click();
      await expect(trust).toHaveCount(0);
      await sheet.getByRole("button", { name: say("graph:export.do") }).click();
    },
  };
}
