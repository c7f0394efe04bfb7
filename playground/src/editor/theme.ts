// Colours of the editors. The values are properties of the style sheet, so that light and dark share the rules.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags as t } from "@lezer/highlight";

const style = HighlightStyle.define([
  { tag: [t.keyword, t.controlKeyword, t.operatorKeyword], color: "var(--code-keyword)", fontWeight: "600" },
  { tag: [t.standard(t.variableName)], color: "var(--code-root)", fontWeight: "600" },
  { tag: t.variableName, color: "var(--code-variable)" },
  { tag: [t.propertyName, t.attributeName], color: "var(--code-property)" },
  { tag: t.function(t.propertyName), color: "var(--code-method)" },
  { tag: [t.string, t.special(t.string)], color: "var(--code-string)" },
  { tag: [t.number, t.bool, t.null, t.atom], color: "var(--code-number)" },
  { tag: [t.comment, t.meta], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: t.escape, color: "var(--code-comment)" },
  { tag: t.operator, color: "var(--code-keyword)" },
]);

const view = EditorView.theme({
  "&": { height: "100%", fontSize: "var(--code-size)", backgroundColor: "transparent", color: "var(--ink)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 14px 0 6px" },
  "&.cm-focused": { outline: "none" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--faint)", border: "none", paddingLeft: "4px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--line-tint)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-written": { backgroundColor: "var(--written)", borderRadius: "3px", boxShadow: "0 0 0 1px var(--written-edge)" },
  ".cm-matchingBracket, .cm-nonmatchingBracket": { backgroundColor: "transparent !important" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--selection) !important", color: "inherit" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--edge)", borderRadius: "8px", boxShadow: "var(--shadow)", overflow: "hidden" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "13px", maxHeight: "15em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "4px 10px", lineHeight: "1.5" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { opacity: "0.85", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionInfo": { padding: "8px 12px", maxWidth: "22em", fontFamily: "var(--sans)", fontSize: "13px", lineHeight: "1.5" },
  ".cm-diagnostic": { padding: "8px 12px", fontFamily: "var(--sans)", fontSize: "13px", maxWidth: "30em", borderLeftWidth: "3px" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)", borderRadius: "4px", padding: "2px 8px", margin: "6px 0 0", display: "block" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--edge)" },
  ".cm-panels input, .cm-panels button": { fontSize: "13px" },
  ".cm-textfield": { backgroundColor: "var(--paper)", border: "1px solid var(--edge)", color: "var(--ink)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--paper)", border: "1px solid var(--edge)", color: "var(--ink)" },
});

export const theme = [view, syntaxHighlighting(style)];
