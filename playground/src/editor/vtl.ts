// The language of templates for the editor: a tokenizer for highlighting.
import { LanguageSupport, StreamLanguage, type StringStream } from "@codemirror/language";
import { tags } from "@lezer/highlight";

interface State {
  /** Brackets that are open: `(` of a directive or of arguments, `[` and `{` inside of them. */
  open: string[];
  /** A reference was read, so `.name`, `(` and `[` continue it. */
  inReference: boolean;
  inComment: boolean;
  /** A directive was read whose bracket follows. */
  isDirective: boolean;
  /** Quote of the string that is open in an expression. */
  quote: string;
  /** Brackets that were open when the reference in a string or in braces began. */
  braces: number;
}

const DIRECTIVE = /^#(?:\{(?:set|if|elseif|else|end|foreach|break|stop|define|macro|evaluate|include|parse|return)\}|(?:set|if|elseif|else|end|foreach|break|stop|define|macro|evaluate|include|parse|return)(?![\w-]))/;
const REFERENCE = /^\$!?(?:\{[A-Za-z_][\w-]*|[A-Za-z_][\w-]*)/;
const ROOTS = new Set(["input", "util", "context", "stageVariables", "foreach"]);

function reference(stream: StringStream, state: State): string | null {
  const found = stream.match(REFERENCE) as RegExpMatchArray | null;
  if (!found) return null;
  state.inReference = true;
  if (found[0].includes("{")) state.braces += 1;
  return ROOTS.has(found[0].replace(/[$!{]/g, "")) ? "root" : "variableName";
}

function expression(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  const next = stream.peek() ?? "";
  if (next === "$") {
    const token = reference(stream, state);
    if (token) return token;
  }
  if (next === "'" || next === '"') {
    stream.next();
    state.quote = next;
    return "string";
  }
  if (stream.match(/^\d+(?:\.\d+)?/)) return "number";
  if (stream.match(/^(?:true|false|null)\b/)) return "atom";
  if (stream.match(/^(?:in|and|or|not|eq|ne|gt|ge|lt|le)\b/)) return "keyword";
  if (stream.match(/^(?:==|!=|<=|>=|&&|\|\||\.\.|[=<>!+\-*/%,:])/)) return "operator";
  if ("([{".includes(next)) {
    state.open.push(next);
    stream.next();
    return "bracket";
  }
  if (")]}".includes(next)) {
    if (next === "}" && state.braces > 0 && state.open.at(-1) !== "{") state.braces -= 1;
    else state.open.pop();
    stream.next();
    // Of an argument list the chain goes on: `.path('$').name`.
    state.inReference = stream.peek() === "." || stream.peek() === "[";
    return "bracket";
  }
  stream.next();
  return null;
}

function token(stream: StringStream, state: State): string | null {
  if (state.inComment) {
    if (stream.match(/^.*?\*#/)) state.inComment = false;
    else stream.skipToEnd();
    return "comment";
  }
  if (state.inReference) {
    if (stream.match(/^\.[A-Za-z_][\w-]*/)) return stream.peek() === "(" ? "method" : "propertyName";
    const next = stream.peek();
    if (next === "(" || next === "[") {
      state.open.push(next);
      state.inReference = false;
      stream.next();
      return "bracket";
    }
    state.inReference = false;
    if (next === "}" && state.braces > 0) {
      state.braces -= 1;
      stream.next();
      return "variableName";
    }
  }
  if (state.quote !== "") {
    if (state.quote === '"' && stream.peek() === "$") {
      const found = reference(stream, state);
      if (found) return found;
    }
    if (stream.eat(state.quote)) {
      state.quote = "";
      return "string";
    }
    stream.next();
    stream.eatWhile((c: string) => c !== "$" && c !== state.quote);
    return "string";
  }
  if (state.isDirective) {
    state.isDirective = false;
    stream.eatSpace();
    stream.next();
    state.open.push("(");
    return "bracket";
  }
  if (state.open.length > 0) return expression(stream, state);
  if (stream.match(/^##.*/)) return "comment";
  if (stream.match("#*")) {
    state.inComment = true;
    return "comment";
  }
  if (stream.match(/^\\+[$#]/)) return "escape";
  const directive = stream.match(DIRECTIVE) as RegExpMatchArray | null;
  if (directive) {
    state.isDirective = /^[ \t]*\(/.test(stream.string.slice(stream.pos));
    return "keyword";
  }
  const found = reference(stream, state);
  if (found) return found;
  if (stream.match(/^"(?:[^"\\$#\n]|\\.)*"(?=\s*:)/)) return "jsonName";
  stream.next();
  stream.eatWhile((c: string) => !'$#\\"'.includes(c));
  return null;
}

const language = StreamLanguage.define<State>({
  name: "vtl",
  startState: () => ({ open: [], inReference: false, inComment: false, isDirective: false, quote: "", braces: 0 }),
  copyState: (state) => ({ ...state, open: [...state.open] }),
  token(stream, state) {
    // A reference ends with its line.
    if (stream.sol()) state.inReference = false;
    return token(stream, state);
  },
  tokenTable: {
    root: tags.standard(tags.variableName),
    method: tags.function(tags.propertyName),
    jsonName: tags.propertyName,
  },
  languageData: { commentTokens: { line: "##", block: { open: "#*", close: "*#" } }, closeBrackets: { brackets: ["(", "[", "{", "'", '"'] } },
});

export const vtl = () => new LanguageSupport(language);
