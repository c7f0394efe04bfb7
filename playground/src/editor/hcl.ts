// A plain tokenizer for Terraform's language.
import { LanguageSupport, StreamLanguage } from "@codemirror/language";

export const hcl = () =>
  new LanguageSupport(
    StreamLanguage.define<{ heredoc: string; inComment: boolean }>({
      name: "hcl",
      startState: () => ({ heredoc: "", inComment: false }),
      token(stream, state) {
        if (state.inComment) {
          if (stream.match(/^.*?\*\//)) state.inComment = false;
          else stream.skipToEnd();
          return "comment";
        }
        if (state.heredoc !== "") {
          if (stream.sol() && stream.string.trim() === state.heredoc) state.heredoc = "";
          stream.skipToEnd();
          return "string";
        }
        if (stream.eatSpace()) return null;
        if (stream.match(/^(?:#|\/\/).*/)) return "comment";
        if (stream.match("/*")) {
          state.inComment = true;
          return "comment";
        }
        const heredoc = stream.match(/^<<-?(\w+)/) as RegExpMatchArray | null;
        if (heredoc) {
          state.heredoc = heredoc[1] ?? "";
          return "keyword";
        }
        if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return "string";
        if (stream.match(/^\d+(?:\.\d+)?/)) return "number";
        if (stream.match(/^(?:true|false|null)\b/)) return "atom";
        if (stream.match(/^(?:resource|data|variable|output|locals|module|provider|terraform)\b/)) return "keyword";
        if (stream.match(/^[A-Za-z_][\w-]*(?=\s*=)/)) return "propertyName";
        if (stream.match(/^[A-Za-z_][\w.-]*/)) return "variableName";
        stream.next();
        return null;
      },
    }),
  );
