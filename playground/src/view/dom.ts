// Elements without a framework.
type Attributes = Record<string, unknown>;
type Child = Node | string | undefined | false;

/** Makes an element. Keys that start with `on` are listeners, properties of the element are set, the rest are attributes. */
export function h<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key.startsWith("on") && typeof value === "function") element.addEventListener(key.slice(2), value as EventListener);
    else if (key in element && !key.startsWith("aria") && key !== "list" && key !== "form") (element as unknown as Attributes)[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

/** Replaces the children of an element. */
export const fill = (element: Element, ...children: Child[]) =>
  element.replaceChildren(...children.filter((child): child is Node | string => child !== undefined && child !== false));

export interface Tab {
  id: string;
  label: string;
  panel: HTMLElement;
}

/** Tabs with their panels, with the arrow keys as ARIA describes them. */
export class Tabs {
  readonly list: HTMLElement;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  readonly #tabs: Tab[];
  readonly #chosen: (id: string) => void;
  current: string;

  constructor(label: string, tabs: Tab[], chosen: (id: string) => void = () => undefined) {
    this.#tabs = tabs;
    this.#chosen = chosen;
    this.current = tabs[0]?.id ?? "";
    this.list = h("div", { role: "tablist", "aria-label": label, className: "tabs" });
    for (const { id, label, panel } of tabs) {
      const button = h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => this.choose(id) }, label);
      panel.id = `panel-${id}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      this.#buttons.set(id, button);
      this.list.append(button);
    }
    this.list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const at = this.#tabs.findIndex(({ id }) => id === this.current);
      const next = this.#tabs[(at + step + this.#tabs.length) % this.#tabs.length];
      if (next) this.choose(next.id, true);
    });
    this.choose(this.current);
  }

  /** Sets a number beside the label of a tab. */
  count(id: string, count: number, kind = "") {
    const button = this.#buttons.get(id);
    const tab = this.#tabs.find((it) => it.id === id);
    if (!button || !tab) return;
    fill(button, tab.label, count > 0 && h("span", { className: `count ${kind}` }, String(count)));
  }

  choose(id: string, isFocused = false) {
    this.current = id;
    for (const tab of this.#tabs) {
      const isChosen = tab.id === id;
      tab.panel.hidden = !isChosen;
      const button = this.#buttons.get(tab.id);
      button?.setAttribute("aria-selected", String(isChosen));
      if (button) button.tabIndex = isChosen ? 0 : -1;
      if (isChosen && isFocused) button?.focus();
    }
    this.#chosen(id);
  }
}

/** A dialog with a title and a button that closes it. It returns its body and opens at once. */
export function openDialog(title: string, className: string, ...children: Child[]): HTMLDialogElement {
  const dialog = h("dialog", { className, "aria-label": title });
  const close = h("button", { type: "button", className: "icon", "aria-label": "Close", onclick: () => dialog.close() }, "✕");
  dialog.append(h("header", {}, h("h2", {}, title), close), h("div", { className: "dialog-body", tabIndex: 0 }, ...children));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

let status: HTMLElement | undefined;
let hide: ReturnType<typeof setTimeout> | undefined;

/** Says something for a moment, also to screen readers. */
export function say(text: string) {
  if (status === undefined) {
    status = h("div", { className: "toast", role: "status" });
    document.body.append(status);
  }
  status.textContent = text;
  status.classList.add("shown");
  clearTimeout(hide);
  hide = setTimeout(() => status?.classList.remove("shown"), 3500);
}

/** Offers a file to be saved. */
export function save(name: string, content: string | Uint8Array<ArrayBuffer>, type: string) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
