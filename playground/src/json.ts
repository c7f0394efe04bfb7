// Where a text stops being JSON.

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*/y;

/** Returns the position of the first character that JSON cannot have there; nothing if the text is JSON. */
export function brokenAt(text: string): number | undefined {
  /** Brackets that are open. */
  const open: ("{" | "[")[] = [];
  let at = 0;
  let expects: "value" | "key" | "colon" | "next" = "value";
  /** A list or object has just begun, so it may end. */
  let isFresh = false;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  for (;;) {
    take(SPACE);
    const next = text[at];
    if (next === undefined) return expects === "next" && open.length === 0 ? undefined : text.length;
    if ((next === "}" || next === "]") && (expects === "next" || isFresh)) {
      if (open.pop() !== (next === "}" ? "{" : "[")) return at;
      at += 1;
      expects = "next";
    } else if (expects === "next") {
      if (next !== "," || open.length === 0) return at;
      at += 1;
      expects = open.at(-1) === "{" ? "key" : "value";
    } else if (expects === "colon") {
      if (next !== ":") return at;
      at += 1;
      expects = "value";
    } else if (next === '"') {
      take(STRING);
      if (text[at] !== '"') return at;
      at += 1;
      expects = expects === "key" ? "colon" : "next";
    } else if (expects === "key") {
      return at;
    } else if (next === "{" || next === "[") {
      open.push(next);
      at += 1;
      expects = next === "{" ? "key" : "value";
      isFresh = true;
      continue;
    } else {
      if (!take(NUMBER) && !take(WORD)) return at;
      expects = "next";
    }
    isFresh = false;
  }
}
