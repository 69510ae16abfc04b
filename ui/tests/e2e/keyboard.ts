import { expect, type Locator, type Page } from "@playwright/test";
import type { Drawing } from "./draw";
import { words } from "./words";

const say = words("en");

/** More than any window here has to be tabbed through; a control that Tab never reaches is a defect. */
const MANY_TABS = 250;

/** The window by keys alone: nothing is clicked, and nothing is focused but by Tab and the commands. Locators only look. */
export function byKeyboard(page: Page): Drawing {
  const sheet = page.getByRole("dialog");
  const press = (key: string) => page.keyboard.press(key);

  const tabTo = async (target: Locator) => {
    await expect(target).toBeVisible();
    for (let n = 0; n < MANY_TABS; n += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await press("Tab");
    }
    throw new Error(`Tab never comes to ${target}`);
  };
  const type = async (field: Locator, text: string) => {
    await tabTo(field);
    await press("Control+a");
    await page.keyboard.type(text);
    await expect(field).toHaveValue(text);
  };
  /** Opens the list, walks to the choice and takes it. */
  const choose = async (list: Locator, value: string) => {
    await tabTo(list);
    // A list may still be on its way.
    await expect(list.locator(`option[value='${value}']`)).toHaveCount(1);
    if ((await list.inputValue()) === value) return;
    const at = await list.evaluate(
      (element, wanted) =>
        element instanceof HTMLSelectElement
          ? [...element.options].filter((option) => !option.disabled).findIndex((option) => option.value === wanted)
          : -1,
      value,
    );
    await press("Space");
    await press("Home");
    for (let n = 0; n < at; n += 1) await press("ArrowDown");
    await press("Enter");
    await expect(list).toHaveValue(value);
  };
  const done = async (verb: string) => {
    await tabTo(sheet.getByRole("button", { name: verb, exact: true }));
    await press("Enter");
    await expect(sheet).toHaveCount(0);
  };
  const run = async (command: string) => {
    await press("Control+k");
    const box = page.getByRole("dialog", { name: say("frame:palette.label") }).getByRole("combobox");
    await expect(box).toBeFocused();
    await page.keyboard.type(command);
    await expect(page.getByRole("option", { selected: true })).toContainText(command);
    await press("Enter");
    await expect(box).toHaveCount(0);
  };
  const select = async (unit: string) => {
    await run(unit);
    await expect(page.locator(".ins .ihd-2")).toContainText(unit);
  };

  return {
    async open(folder) {
      await type(page.getByLabel(say("first-run:repository.path")), folder);
      await press("Enter");
      await expect(page.getByText(say("graph:empty.title"))).toBeVisible({ timeout: 120_000 });
    },
    async environment(name) {
      await run(say("author:cmd.assemble"));
      await type(sheet.getByLabel(say("author:assemble.name")), name);
      await done(say("author:assemble.verb"));
    },
    async add({ ref, module, into }) {
      await press("a");
      await choose(sheet.getByLabel(say("author:add.module"), { exact: true }), ref);
      const composition = "composition" in into ? into.composition : into.name;
      if ("composition" in into) {
        await choose(sheet.getByLabel(say("author:add.into")), composition);
      } else {
        const name = sheet.getByLabel(say("author:add.name"), { exact: true });
        if ((await name.inputValue()) !== composition) await type(name, composition);
        await choose(sheet.getByLabel(say("author:add.lifecycle")), into.lane);
        await expect(sheet.getByRole("checkbox", { name: "prod" })).toBeChecked();
      }
      if (module !== undefined) await type(sheet.getByLabel(say("author:add.moduleName")), module);
      await done(say("author:add.verb"));
      await expect(page.locator(`[data-unit='prod/${composition}/${module ?? ref.split("/").at(-1)}']`)).toBeVisible();
    },
    async connect({ from, to, ports }) {
      await press("c");
      await choose(sheet.getByLabel(say("author:connect.from")), from);
      await choose(sheet.getByLabel(say("author:connect.to")), to);
      if (ports === null) {
        await tabTo(sheet.getByLabel(say("author:connect.orderOnly")));
        await press("Space");
      } else {
        await choose(sheet.getByLabel(say("author:connect.output"), { exact: true }), ports.output);
        await choose(sheet.getByLabel(say("author:connect.input"), { exact: true }), ports.input);
      }
      await done(say("author:connect.verb"));
    },
    async input(unit, field, place, value) {
      await select(unit);
      const row = page.locator(`[data-field='${field}']`);
      await choose(row.getByRole("combobox", { name: say("inspector:form.where", { name: field }) }), place);
      await type(row.getByRole("textbox"), value);
      await press("Enter");
    },
    async policy(unit, field, value) {
      await select(unit);
      await choose(page.locator(".ins").getByLabel(field, { exact: true }), value);
    },
    async write(environment, below, lines) {
      await run(say("frame:cmd.textOf", { name: environment }));
      const text = sheet.getByRole("textbox");
      await tabTo(text);
      const at = (await text.locator(".cm-line").allTextContents()).indexOf(below);
      expect(at, below).toBeGreaterThanOrEqual(0);
      await press("Control+Home");
      for (let n = 0; n < at; n += 1) await press("ArrowDown");
      await press("End");
      for (const line of lines) {
        // Enter alone would take a suggestion, if one is open; the indent that is offered is typed over.
        await press("Shift+Enter");
        await press("Shift+Home");
        await page.keyboard.type(line);
      }
      await press("Control+s");
      await expect(sheet.getByText(say("editor:saved"))).toBeVisible();
      await tabTo(sheet.getByRole("button", { name: say("parts:close") }));
      await press("Enter");
      await expect(sheet).toHaveCount(0);
    },
    async exportToGit(title, message) {
      await press("Control+Shift+E");
      await type(sheet.getByLabel(say("graph:export.prTitle"), { exact: true }), title);
      await type(sheet.getByLabel(say("graph:export.message")), message);
      await tabTo(sheet.getByRole("button", { name: say("graph:export.do") }));
      await press("Enter");
      const trust = page.getByRole("dialog", { name: say("frame:trust.title") });
      await tabTo(trust.getByRole("button", { name: say("frame:trust.yes") }));
      await press("Enter");
      await expect(trust).toHaveCount(0);
      await tabTo(sheet.getByRole("button", { name: say("graph:export.do") }));
      await press("Enter");
    },
  };
}
