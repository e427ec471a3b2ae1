/** What a Dockerfile says of how its image runs: the part of it that means something without an engine. */
export interface DockerfileFacts {
  /** Base images of all stages, in order; the last is the one that runs. */
  readonly bases: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Words of CMD or ENTRYPOINT in its last stage. */
  readonly command: readonly string[];
  /** RUN lines, which need an engine unless a recipe does the same. */
  readonly runs: readonly string[];
}

interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly env: Record<string, string>;
  command: readonly string[];
}

/** Longer ones are no part of any Dockerfile that somebody wrote, and looking through them takes time from calls. */
const mostText = 128 * 1024;
const mostLine = 4_096;

/** Reads the instructions of a Dockerfile (docs.docker.com/reference/dockerfile); what it does not know it passes over. */
export function readDockerfile(text: string): DockerfileFacts {
  const stages: Stage[] = [];
  const args: Record<string, string> = {};
  const runs: string[] = [];
  for (const line of instructions(text)) {
    const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
    const stage = stages.at(-1);
    switch (word.toUpperCase()) {
      case 'FROM':
        stages.push(stageOf(rest, args, stages));
        break;
      case 'ARG': {
        const [, name = '', value = ''] = /^(\w+)(?:=(.*))?$/.exec(rest.trim()) ?? [];
        args[name] ??= unquoted(value);
        break;
      }
      case 'ENV':
        if (stage !== undefined)
          for (const [name, value] of variables(rest))
            stage.env[name] = filled(value, { ...args, ...stage.env });
        break;
      case 'CMD':
      case 'ENTRYPOINT':
        if (stage !== undefined) stage.command = words(rest);
        break;
      case 'RUN':
        runs.push(rest.replace(/\s+/g, ' ').slice(0, 200));
        break;
      default:
    }
  }
  const last = stages.at(-1);
  return {
    bases: stages.map(({ base }) => base),
    env: last?.env ?? {},
    command: last?.command ?? [],
    runs,
  };
}

function stageOf(rest: string, args: Readonly<Record<string, string>>, before: readonly Stage[]): Stage {
  const plain = rest.replace(/--\S+\s+/g, '');
  const [, image = '', name] = /^(\S+)(?:\s+[Aa][Ss]\s+(\S+))?/.exec(plain) ?? [];
  const base = filled(image, args);
  const parent = before.find((stage) => stage.name === base);
  return { base: parent?.base ?? base, name, env: { ...parent?.env }, command: parent?.command ?? [] };
}

/** Logical lines: continued ones in one, without comments. */
function instructions(text: string): readonly string[] {
  const kept = text
    .slice(0, mostText)
    .split(/\r?\n/)
    .filter((line) => !/^\s*#/.test(line));
  return kept
    .join('\n')
    .replace(/\\[ \t]*\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line.length <= mostLine);
}

/** `A=1 B="two words"`, or the old form `A the rest`. */
function variables(rest: string): readonly (readonly [string, string])[] {
  if (!/^\w+=/.test(rest)) {
    const [, name = '', value = ''] = /^(\w+)\s+(.*)$/.exec(rest) ?? [];
    return name === '' ? [] : [[name, value]];
  }
  const pairs = rest.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*)/g);
  return [...pairs].map(([, name = '', value = '']) => [name, unquoted(value)] as const);
}

function unquoted(value: string): string {
  const inner = /^(["'])([\s\S]*)\1$/.exec(value)?.[2] ?? value;
  return value.startsWith("'") ? inner : inner.replace(/\\(.)/g, '$1');
}

function filled(value: string, known: Readonly<Record<string, string>>): string {
  return value.replace(
    /\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))/g,
    (_, braced?: string, fallback?: string, bare?: string) => {
      return known[braced ?? bare ?? ''] ?? fallback ?? '';
    },
  );
}

function words(rest: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(rest);
    if (Array.isArray(list) && list.every((word) => typeof word === 'string')) return list;
  } catch {
    // The form for a shell.
  }
  return rest.split(/\s+/);
}
