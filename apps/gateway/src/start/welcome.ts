import type { Fence } from '@wherry/core/ports/provider';
import type { GatewayServer } from './gateway-server.ts';
import type { Sample } from './samples.ts';

/** What is printed when calls are answered: where things are, how safe it is, what to try next. */
export function welcome(server: GatewayServer, samples: readonly Sample[]): string {
  const { url, metricsUrl, adminToken, platform } = server;
  const { isolation, fences } = platform.report;
  const lines = [''];
  for (const { name, said } of samples) lines.push(`  ${name.padEnd(14)}${url}/function/${name}   ${said}`);
  if (samples.length > 0) lines.push('');
  if (server.tlsUrl !== undefined) lines.push(`  TLS           ${server.tlsUrl}`);
  if (server.dashboardUrl !== undefined)
    lines.push(`  dashboard     ${server.dashboardUrl}   sign in: npx wherry dashboard --open`);
  lines.push(`  metrics       ${metricsUrl}/metrics`);
  lines.push(
    `  admin token   ${adminToken.path}${adminToken.made ? ' (just made; only you can read it)' : ''}`,
  );
  lines.push(`  isolation     ${isolation}${isolation === 'full' ? '' : `: ${lacking(fences)}`}`);
  const remedy =
    isolation === 'full' ? undefined : fences.find((fence) => fence.remedy !== undefined)?.remedy;
  if (remedy !== undefined) lines.push(`                to raise it: ${remedy}`);
  if (samples.length > 0) lines.push('', ...nextSteps(samples[0]?.name ?? 'NAME'));
  lines.push('', `ready ${url}`, '');
  return lines.join('\n');
}

function lacking(fences: readonly Fence[]): string {
  return `lacking ${fences
    .filter(({ present }) => !present)
    .map(({ name }) => name)
    .join(', ')}`;
}

function nextSteps(name: string): readonly string[] {
  return [
    '  Try next, in another terminal:',
    '',
    `    npx wherry invoke ${name} -d "your name"`,
    `    npx wherry describe ${name}`,
    '    npx wherry deploy mine --from ./handler.js',
  ];
}
