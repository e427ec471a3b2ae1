import { hostname } from 'node:os';
import { printable } from '@wherry/core/names';
import type { Tracing } from '@wherry/engine/traces/tracer';
import type { Settings } from '../config/settings.ts';
import { StartRefused } from '../start/refusal.ts';

type Env = Readonly<Record<string, string | undefined>>;

const path = 'v1/traces';

/**
 * Where traces go, as the settings or the variables of OpenTelemetry say it; undefined where they say nothing, and then nothing of it is
 * even loaded. Throws StartRefused for an address that is none.
 */
export async function tracingOf(
  settings: Pick<Settings, 'traces.endpoint' | 'traces.ratio'>,
  env: Env,
  release: string,
): Promise<Tracing | undefined> {
  const endpoint = endpointOf(settings['traces.endpoint'], env);
  if (endpoint === undefined) return undefined;
  const { OtlpExporter } = await import('./otlp-exporter.ts');
  const exporter = new OtlpExporter(endpoint, {
    headers: pairsOf(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS']),
    resource: {
      ...Object.fromEntries(pairsOf(env['OTEL_RESOURCE_ATTRIBUTES'])),
      'service.name': env['OTEL_SERVICE_NAME'] || 'wherry',
      'service.version': release,
      'host.name': hostname(),
    },
    release,
  });
  return { exporter, ratio: settings['traces.ratio'] };
}

/** The specification of OpenTelemetry's exporter: the address for traces is taken as it is, the general one is a base. */
function endpointOf(setting: string, env: Env): URL | undefined {
  if (setting === 'off') return undefined;
  if (setting !== '') return addressOf('traces.endpoint', setting, path);
  if (env['OTEL_SDK_DISABLED'] === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: base } = env;
  if (own) return addressOf('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', own, '');
  return base ? addressOf('OTEL_EXPORTER_OTLP_ENDPOINT', base, path) : undefined;
}

function addressOf(name: string, text: string, below: string): URL | undefined {
  const refuse = (why: string): StartRefused =>
    new StartRefused(
      `${name}: ${why}`,
      'name a receiver of OTLP over HTTP, such as http://127.0.0.1:4318; credentials go into OTEL_EXPORTER_OTLP_HEADERS',
    );
  if (!URL.canParse(text)) throw refuse(`${printable(text)} is no address`);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('it is neither http nor https');
  if (url.username !== '' || url.password !== '') throw refuse('it holds a password');
  if (below !== '') url.pathname = `${url.pathname.replace(/\/+$/, '')}/${below}`;
  return url;
}

/** `name=value,name=value`, escaped as in addresses. */
function pairsOf(text = ''): readonly (readonly [name: string, value: string])[] {
  return text.split(',').flatMap((part) => {
    const equals = part.indexOf('=');
    if (equals <= 0) return [];
    return [[part.slice(0, equals).trim(), decoded(part.slice(equals + 1).trim())]];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
