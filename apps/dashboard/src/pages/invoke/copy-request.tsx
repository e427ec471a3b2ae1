import { useState } from 'react';
import { shellWord } from '../../words.ts';
import { type Asked, headersIn } from './invocation.ts';

/** The request for other tools. What is typed is quoted, so that no shell takes it for more than text. */
export function CopyMenu({ of, asked }: { of: { name: string; namespace: string }; asked: Asked }) {
  const [said, setSaid] = useState('Copy as');
  const url = `${location.origin}/${asked.later ? 'async-function' : 'function'}/${of.name}.${of.namespace}${asked.path}`;
  const method = asked.later ? 'POST' : asked.method;
  const pairs = headersIn(asked.headers) ?? [];
  const headers = pairs.map((pair) => pair.join(': '));
  const data = asked.body === '' ? [] : [asked.body];
  const lines: Readonly<Record<string, string>> = {
    curl: [
      `curl -X ${method} -H "Authorization: Bearer $WHERRY_TOKEN"`,
      ...headers.map((header) => `-H ${shellWord(header)}`),
      ...data.map((body) => `--data-binary ${shellWord(body)}`),
      shellWord(url),
    ].join(' '),
    CLI: [
      `wherry invoke ${shellWord(of.name)} -n ${shellWord(of.namespace)} --method ${method} --path ${shellWord(asked.path)}`,
      ...headers.map((header) => `-H ${shellWord(header)}`),
      ...data.map((body) => `-d ${shellWord(body)}`),
      ...(asked.later ? ['--async'] : []),
    ].join(' '),
    fetch: `await fetch(${JSON.stringify(url)}, ${JSON.stringify({ method, headers: pairs, ...(asked.body === '' ? {} : { body: asked.body }) }, null, 2)})`,
  };
  return (
    <select
      aria-label="Copy the request as"
      className="field"
      value=""
      onChange={(event) =>
        void navigator.clipboard.writeText(lines[event.target.value] ?? '').then(
          () => setSaid('Copied'),
          () => setSaid('Not allowed'),
        )
      }
    >
      <option value="">{said}</option>
      {Object.keys(lines).map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
