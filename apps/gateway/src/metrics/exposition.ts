import type { Labels, MetricFamily } from '@wherry/core/metric';

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in Prometheus's text format, version 0.0.4. */
export function exposition(families: readonly MetricFamily[]): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const sample of samples)
      lines.push(`${sample.name}${written(sample.labels)} ${number(sample.value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function written(labels: Labels): string {
  let text = '';
  for (const name in labels) text += `${text === '' ? '{' : ','}${name}="${escaped(labels[name] as string)}"`;
  return text === '' ? '' : `${text}}`;
}

const special = /[\\"\n]/g;

const escaped = (value: string): string =>
  value.replace(special, (one) => (one === '\n' ? '\\n' : `\\${one}`));

function number(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
