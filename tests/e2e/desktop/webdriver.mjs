// A small WebDriver client (https://www.w3.org/TR/webdriver2/) over fetch: what these tests need, nothing else.

/** The key Enter, as WebDriver writes it. */
export const ENTER = "\uE007";
/** The key Tab. */
export const TAB = "\uE004";
/** The key F2. */
export const F2 = "\uE032";
/** The key Control, to be held. */
export const CONTROL = "\uE009";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** What the driver answered when it refused a command. */
export class Refused extends Error {
  constructor(code, message) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** One window under remote control. */
export class Page {
  #base;

  constructor(base) {
    this.#base = base;
  }

  /** Opens `application` with `args` through the tauri-driver at `address`. */
  static async open(address, application, args) {
    const capabilities = { alwaysMatch: { browserName: "wry", "tauri:options": { application, args } } };
    const { sessionId } = await command("POST", `${address}/session`, { capabilities });
    const page = new Page(`${address}/session/${sessionId}`);
    await page.#send("POST", "timeouts", { script: 90_000, pageLoad: 60_000, implicit: 0 });
    return page;
  }

  #send(method, path, body) {
    return command(method, `${this.#base}/${path}`, body);
  }

  /** Runs a function in the page and gives what it returns; it sees only its arguments and the page. */
  run(code, ...args) {
    return this.#send("POST", "execute/sync", { script: `return (${code}).apply(null, arguments)`, args });
  }

  /** Runs a function in the page that returns a promise; a rejection is thrown here. */
  async settle(code, ...args) {
    const script = `const args = [...arguments]; const done = args.pop();
      Promise.resolve((${code}).apply(null, args)).then((value) => done({ value }), (e) => done({ error: String(e?.message ?? e) }));`;
    const { value, error } = await this.#send("POST", "execute/async", { script, args });
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** Waits until a function in the page returns something true, looking again whenever the document or the focus changes. */
  async until(what, code, ...args) {
    const script = `const args = [...arguments]; const done = args.pop(); const check = ${code};
      const look = () => { const found = check(...args); if (!found) return; watch.disconnect(); removeEventListener("focusin", look); done(found); };
      const watch = new MutationObserver(look);
      watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      addEventListener("focusin", look);
      look();`;
    try {
      return await this.#send("POST", "execute/async", { script, args });
    } catch (error) {
      const seen = await this.run(() => `${location.href}\n${document.body.innerText.slice(0, 3000)}`).catch(() => "");
      throw new Error(`waited for ${what}: ${error.message}\n${seen}`);
    }
  }

  /** Waits for an element that is shown, by CSS and, if given, by what it says or is called. */
  async find(css, text = "") {
    const find = (selector, words) => {
      const name = (e) => `${e.getAttribute("aria-label") ?? ""} ${e.textContent}`;
      return [...document.querySelectorAll(selector)].find((e) => e.getClientRects().length > 0 && name(e).includes(words));
    };
    return (await this.until(`${css} ${text}`, find, css, text))[ELEMENT];
  }

  /** Clicks as a person would: on what is there. */
  async click(css, text = "") {
    await this.#send("POST", `element/${await this.find(css, text)}/click`, {});
  }

  /** Replaces the text of the field with this label, key by key, and then presses `last` if given. */
  async type(label, text, last = "") {
    const labelled = (words) => {
      const found = [...document.querySelectorAll("label")].find((e) => e.textContent.trim() === words);
      return found?.control?.disabled === false && found.control;
    };
    const field = (await this.until(`the field ${label}`, labelled, label))[ELEMENT];
    await this.#send("POST", `element/${field}/clear`, {});
    await this.#send("POST", `element/${field}/value`, { text: text + last });
  }

  /** Presses keys where the focus is, one after the other; `held` is down meanwhile. */
  press(keys, held = "") {
    const actions = [...keys].flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    if (held !== "") {
      actions.unshift({ type: "keyDown", value: held });
      actions.push({ type: "keyUp", value: held });
    }
    return this.#send("POST", "actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Chooses from the list with this label. */
  async choose(label, value) {
    const option = (words, chosen) => {
      const found = [...document.querySelectorAll("label")].find((e) => e.textContent.trim() === words);
      return found?.control?.querySelector(`option[value="${chosen}"]`);
    };
    const found = (await this.until(`${value} in ${label}`, option, label, value))[ELEMENT];
    await this.#send("POST", `element/${found}/click`, {});
  }

  /** Where in the window the middle of an element is. */
  async middle(css, text = "") {
    const { x, y, width, height } = await this.#send("GET", `element/${await this.find(css, text)}/rect`);
    return [x + width / 2, y + height / 2];
  }

  /** Presses at one point of the window, moves to another by way of the middle, lets go. */
  drag(from, to) {
    const move = ([x, y]) => ({ type: "pointerMove", duration: 0, origin: "viewport", x: Math.round(x), y: Math.round(y) });
    const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const actions = [move(from), { type: "pointerDown", button: 0 }, move(middle), move(to), move(to), { type: "pointerUp", button: 0 }];
    return this.#send("POST", "actions", {
      actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
    });
  }

  /** A deep link inside the window. */
  visit(path) {
    return this.run((hash) => void (location.hash = hash), path);
  }

  /** The window as PNG. */
  async picture() {
    return Buffer.from(await this.#send("GET", "screenshot"), "base64");
  }

  /** Loads the page again. */
  reload() {
    return this.#send("POST", "refresh", {});
  }

  /** Closes the window and ends the program. */
  close() {
    return this.#send("DELETE", "");
  }
}

async function command(method, address, body) {
  const response = await fetch(address.replace(/\/$/, ""), {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Refused(value.error, value.message);
  return value;
}
