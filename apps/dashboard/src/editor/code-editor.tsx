import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { type EditorLanguage, languageSupport } from './languages.ts';

interface Props {
  readonly name: string;
  readonly language: EditorLanguage;
  readonly value: string;
  readonly set: (value: string) => void;
}

/**
 * An editor with colours and line numbers. It stands in a shadow tree: there its styles are sheets that scripts made, which the content policy
 * allows, and no style elements. Tab leaves it, as it leaves every field.
 */
export default function CodeEditor({ name, language, value, set }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const told = useRef(set);
  told.current = set;
  /** What was told and has not come back as `value` yet. */
  const echoes = useRef<string[]>([]);
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
    const support = new Compartment();
    const shown = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          syntaxHighlighting(colours),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          support.of([]),
          typedOver,
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': name, spellcheck: 'false' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const text = update.state.doc.toString();
            echoes.current.push(text);
            told.current(text);
          }),
        ],
      }),
    });
    view.current = shown;
    let gone = false;
    void languageSupport(language).then((extension) => {
      if (!gone) shown.dispatch({ effects: support.reconfigure(extension) });
    });
    return () => {
      gone = true;
      shown.destroy();
    };
  }, [language, name]);
  useEffect(() => {
    // A text of the editor's own may come back when the next letter is there already: that letter must stay.
    const echo = echoes.current.indexOf(value);
    echoes.current.splice(0, echo + 1);
    if (echo >= 0) return;
    const shown = view.current?.state.doc;
    if (shown === undefined || shown.toString() === value) return;
    view.current?.dispatch({ changes: { from: 0, to: shown.length, insert: value } });
    echoes.current = [];
  }, [value]);
  useEffect(() => {
    // What is typed here is text, and none of the page's keys.
    const keep = (event: KeyboardEvent): void => event.stopPropagation();
    host.current?.addEventListener('keydown', keep);
    return () => host.current?.removeEventListener('keydown', keep);
  }, []);
  return <div ref={host} className="panel overflow-hidden" />;
}

/** Typing over a selection: left to itself, the browser keeps the look of what was there in a style that the content policy refuses. */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, isComposing } = event;
    if (inputType !== 'insertText' || data === null || isComposing || view.state.selection.main.empty)
      return false;
    event.preventDefault();
    view.dispatch({ ...view.state.replaceSelection(data), userEvent: 'input.type', scrollIntoView: true });
    return true;
  },
});

const look = EditorView.theme({
  '&': { fontSize: '13px', minHeight: '16rem', maxHeight: '60vh', color: 'var(--text-strong)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': {
    fontFamily: "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace",
    overflow: 'auto',
  },
  '.cm-content': { caretColor: 'var(--text-strong)', minHeight: '16rem' },
  '.cm-cursor': { borderLeftColor: 'var(--text-strong)' },
  '.cm-gutters': { background: 'var(--surface-1)', color: 'var(--text-muted)', border: 'none' },
  '.cm-activeLine': { background: 'var(--surface-2)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--surface-3)',
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--chart-3)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warn)' },
  { tag: [tags.comment], color: 'var(--text-muted)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: 'var(--accent)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--info)' },
]);
