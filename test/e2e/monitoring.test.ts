// The rules and dashboards for those who run their own Prometheus and Grafana.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { Gateway } from './gateway.ts';
import { noPrometheus } from './prometheus.ts';

const folder = join(import.meta.dirname, '../../deploy/monitoring');
const gateway = await Gateway.start({ after });

/** What Grafana puts in for its variables. */
const filled = (text: string): string =>
  text.replaceAll('$__rate_interval', '1m').replaceAll('$function', 'hello.openfaas-fn');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly expr: string }[];
  }[];
}

const rules = (parse(readFileSync(join(folder, 'wherry-rules.yml'), 'utf8')) as Rules).groups.flatMap(
  (group) => group.rules,
);
const boards = readdirSync(join(folder, 'grafana'));
const panels = boards.flatMap((file) => {
  const board = JSON.parse(readFileSync(join(folder, 'grafana', file), 'utf8')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  return board.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ where: `${file}: ${title}`, expr: filled(expr) })),
  );
});

test('promtool finds the rules right, and they fire when they should', { skip: noPrometheus }, () => {
  for (const args of [
    ['check', 'rules', 'wherry-rules.yml'],
    ['test', 'rules', 'wherry-rules.test.yml'],
  ]) {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    assert.equal(status, 0, `${stdout}${stderr}`);
  }
});

test('every query of rules and dashboards is answered by the gateway itself', async () => {
  const asked = [...panels, ...rules.map(({ expr }) => ({ where: 'wherry-rules.yml', expr }))];
  assert.ok(asked.length > 30);
  for (const { where, expr } of asked) {
    const answer = await fetch(`${gateway.url}/api/v1/query?${new URLSearchParams({ query: expr })}`, {
      headers: gateway.admin,
    });
    assert.equal(answer.status, 200, `${where}: ${expr}\n${await answer.text()}`);
  }
});

test('and names metrics that there are', async () => {
  const answer = await fetch(`${gateway.url}/api/v1/metadata`, { headers: gateway.admin });
  const { data } = (await answer.json()) as { data: Record<string, readonly { readonly type: string }[]> };
  const known = new Set(['up', ...rules.flatMap(({ record }) => record ?? [])]);
  for (const [name, [about]] of Object.entries(data))
    for (const end of about?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''])
      known.add(name + end);
  const metric = /\b(?:gateway|wherry|pod|queue|process|function)[a-z0-9_]*(?:_|:)[a-z0-9_:]+\b/g;
  for (const { expr } of [...panels, ...rules])
    for (const [name] of expr.replace(/\{[^}]*\}|\bby \([^)]*\)/g, '').matchAll(metric))
      assert.ok(known.has(name), `${name} in ${expr}`);
  assert.ok(!known.has('wherry_function_colds_total'), 'the control: a name that is misspelt is not known');
});
