/** Appends one line of the service's Markdown: `code` and **strong**, everything else as it is. */
function inline(parent: HTMLElement, text: string): void {
  for (const part of text.split(/(`[^`]*`|\*\*[^*]+\*\*)/)) {
    if (part === "") continue;
    if (part.startsWith("`") && part.endsWith("`") && part.length > 1) {
      parent.append(element("code", part.slice(1, -1)));
    } else if (part.startsWith("**") && part.endsWith("**") && part.length > 4) {
      parent.append(element("b", part.slice(2, -2)));
    } else parent.append(part);
  }
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** The service's small Markdown as elements; text only ever becomes text. */
export function markdown(text: string): HTMLElement {
  const root = document.createElement("div");
  root.className = "ed-doc";
  for (const block of text.split(/\n{2,}/)) {
    let list: HTMLElement | null = null;
    for (const line of block.split("\n")) {
      if (line.startsWith("- ")) {
        list ??= root.appendChild(document.createElement("ul"));
        inline(list.appendChild(document.createElement("li")), line.slice(2));
      } else if (line.trim() !== "") {
        list = null;
        inline(root.appendChild(document.createElement("p")), line);
      }
    }
  }
  return root;
}
