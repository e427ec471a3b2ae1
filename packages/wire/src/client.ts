// Long because: every route is one method of one class, so that both sides can be read next to each other.
import type { FunctionName } from '@wherry/core/names';
import { defaultNamespace } from '@wherry/core/names';
import type { BackupList } from './backups.ts';
import type { BuildLine, BuildRequest, ImageInfo } from './builds.ts';
import type { Call } from './calls.ts';
import { ClientError, errorOfAnswer, errorOfConnection, type Target } from './client-error.ts';
import type { FunctionDeployment } from './deployment.ts';
import type { Diagnosis, Setting } from './diagnosis.ts';
import type { FunctionState, InstanceState } from './function-state.ts';
import type { FunctionStatus } from './function-status.ts';
import type { GatewayInfo } from './info.ts';
import type { LogMessage } from './logs.ts';
import { packageContentType, type PackageInfo } from './packages.ts';
import type { CallOutcome, QueueChange, QueueChanged, QueuedCall, QueueLane } from './queued-calls.ts';
import { pathOf, routes, type RouteName } from './routes.ts';
import type { AliasRequest, CanaryRequest } from './version-requests.ts';
import type { AliasInfo, VersionList } from './versions.ts';
import type { FunctionNamespace } from './namespaces.ts';
import type { ScalingDecision } from './scaling.ts';
import type { StoreItem, StoreList, StoreOrder } from './store.ts';
import type { ScheduledRun, ScheduleInfo } from './schedules.ts';
import type { SecretRequest, SecretStatus } from './secrets.ts';
import type { SignInLink } from './sign-in.ts';
import type { PublishedMessage, TopicInfo } from './topics.ts';
import type { NewToken, TokenInfo, TokenRequest } from './tokens.ts';
import {
  fetchTransport,
  wholeBody,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from './transport.ts';

export interface ClientOptions extends Target {
  /** The whole value of the Authorization header, see `bearer` and `basic`. */
  readonly authorization?: string;
  readonly transport?: Transport;
  /** For everything but streams. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly userAgent?: string;
}

export const bearer = (token: string): string => `Bearer ${token}`;

export function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Routes without a rest of the path. */
type Plain = Exclude<RouteName, 'invokePath' | 'invokeAsyncPath'>;

type Params = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

interface Ask {
  readonly values?: Readonly<Record<string, string>>;
  readonly query?: Params;
  readonly body?: unknown;
  readonly bytes?: TransportRequest['body'];
  readonly type?: string;
  readonly headers?: Invocation['headers'];
  /** 0 waits for ever. */
  readonly timeoutMs?: number;
}

export interface Invocation {
  readonly method?: string;
  /** What comes after the function's name, with its query, byte for byte. */
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: TransportRequest['body'];
}

const mostAnswerBytes = 256 * 2 ** 20;

/** The API as methods. Every one throws `ClientError`; answers are trusted to be what the gateway's own types say. */
export class Client {
  readonly target: Target;
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.target = { url: options.url.replace(/\/+$/, ''), origin: options.origin };
  }

  /** Whether the gateway answers calls; false also where nobody is there. */
  async ready(): Promise<boolean> {
    try {
      await this.#done('readyz', {});
      return true;
    } catch {
      return false;
    }
  }

  info = (): Promise<GatewayInfo> => this.#json('info');
  doctor = (): Promise<Diagnosis> => this.#json('doctor');
  config = (): Promise<readonly Setting[]> => this.#json('config');
  listFunctions = (namespace?: string): Promise<readonly FunctionStatus[]> =>
    this.#json('listFunctions', { query: { namespace } });
  listNamespaces = (): Promise<readonly string[]> => this.#json('listNamespaces');
  listInstances = (): Promise<readonly InstanceState[]> => this.#json('listInstances');
  listTokens = (): Promise<readonly TokenInfo[]> => this.#json('listTokens');

  readFunction = ({ name, namespace }: FunctionName): Promise<FunctionStatus> =>
    this.#json('readFunction', { values: { name }, query: { namespace, usage: 1 } });

  readState = ({ name, namespace }: FunctionName): Promise<FunctionState> =>
    this.#json('readState', { values: { name }, query: { namespace } });

  readScaling = (
    { name, namespace }: FunctionName,
    query: { since?: string; limit?: number },
  ): Promise<readonly ScalingDecision[]> =>
    this.#json('readScaling', { values: { name }, query: { namespace, ...query } });

  listCalls = (query: {
    function?: string;
    namespace?: string;
    id?: string;
    since?: string;
    limit?: number;
  }): Promise<readonly Call[]> => this.#json('listCalls', { query });

  readCall = (id: string): Promise<CallOutcome> => this.#json('readCall', { values: { id } });
  cancelCall = (id: string): Promise<void> => this.#done('cancelCall', { values: { id } });
  listLanes = (): Promise<readonly QueueLane[]> => this.#json('listLanes');
  listQueued = (query: Params): Promise<readonly QueuedCall[]> => this.#json('listQueued', { query });
  cancelQueued = (body: QueueChange): Promise<QueueChanged> => this.#json('cancelQueued', { body });
  redrive = (body: QueueChange): Promise<QueueChanged> => this.#json('redrive', { body });
  discard = (body: QueueChange): Promise<QueueChanged> => this.#json('discard', { body });
  callbackKey = (receiver: string): Promise<{ readonly receiver: string; readonly key: string }> =>
    this.#json('callbackKey', { query: { receiver } });

  listSchedules = (namespace?: string): Promise<readonly ScheduleInfo[]> =>
    this.#json('listSchedules', { query: { namespace } });
  pauseSchedule = ({ name, namespace }: FunctionName, paused: boolean): Promise<void> =>
    this.#done(paused ? 'pauseSchedule' : 'resumeSchedule', { values: { name }, query: { namespace } });
  runSchedule = ({ name, namespace }: FunctionName): Promise<ScheduledRun> =>
    this.#json('runSchedule', { values: { name }, query: { namespace } });
  listTopics = (): Promise<readonly TopicInfo[]> => this.#json('listTopics');
  publish = (topic: string, { body, headers = [] }: Invocation): Promise<PublishedMessage> =>
    this.#json('publish', { values: { topic }, headers, ...(body === undefined ? {} : { bytes: body }) });

  createNamespace = (body: FunctionNamespace): Promise<void> => this.#done('createNamespace', { body });
  readNamespace = (namespace: string): Promise<FunctionNamespace> =>
    this.#json('readNamespace', { values: { namespace } });
  updateNamespace = (body: FunctionNamespace): Promise<void> =>
    this.#done('updateNamespace', { values: { namespace: body.name }, body });
  deleteNamespace = (namespace: string): Promise<void> =>
    this.#done('deleteNamespace', { values: { namespace }, body: { name: namespace } });

  listSecrets = (namespace: string): Promise<readonly SecretStatus[]> =>
    this.#json('listSecrets', { query: { namespace } });
  createSecret = (body: SecretRequest): Promise<void> => this.#done('createSecret', { body });
  updateSecret = (body: SecretRequest): Promise<void> => this.#done('updateSecret', { body });
  deleteSecret = (body: Pick<SecretRequest, 'name' | 'namespace'>): Promise<void> =>
    this.#done('deleteSecret', { body });
  rotateSecretKey = (): Promise<{ readonly secrets: number }> => this.#json('rotateSecretKey');

  createToken = (body: TokenRequest): Promise<NewToken> => this.#json('createToken', { body });
  rotateToken = (name: string): Promise<NewToken> => this.#json('rotateToken', { values: { name } });
  deleteToken = (name: string): Promise<void> => this.#done('deleteToken', { values: { name } });

  makeSignInLink = (): Promise<SignInLink> => this.#json('makeSignInLink');
  signIn = (code: string): Promise<NewToken> => this.#json('signIn', { body: { code } });

  /**
   * Changes a function, or makes it where there is none, as OpenFaaS's clients do. `timeoutMs` covers proving that it starts. With a share, what
   * is live stays so, and the new version takes that much of the calls.
   */
  async deploy(
    body: FunctionDeployment,
    timeoutMs: number,
    share?: CanaryRequest,
  ): Promise<'updated' | 'created'> {
    const query = share === undefined ? {} : { canary: share.percent, sticky: share.sticky };
    try {
      await this.#done('updateFunction', { query, body, timeoutMs });
      return 'updated';
    } catch (error) {
      if (!(error instanceof ClientError) || error.status !== 404) throw error;
    }
    await this.#done('deployFunction', { query, body, timeoutMs });
    return 'created';
  }

  remove = ({ name, namespace }: FunctionName): Promise<void> =>
    this.#done('deleteFunction', { query: { namespace }, body: { functionName: name, namespace } });

  scale = ({ name, namespace }: FunctionName, replicas: number): Promise<void> =>
    this.#done('scaleFunction', {
      values: { name },
      query: { namespace },
      body: { serviceName: name, replicas, namespace },
    });

  listVersions = (of: FunctionName): Promise<VersionList> => this.#json('listVersions', about(of));
  listAliases = (of: FunctionName): Promise<readonly AliasInfo[]> => this.#json('listAliases', about(of));

  /** These resolve when the version that takes calls next has shown that it starts. */
  rollback = (of: FunctionName, timeoutMs: number, version?: number): Promise<VersionList> =>
    this.#json('rollback', { ...about(of), body: { version }, timeoutMs });
  shareCanary = (of: FunctionName, body: CanaryRequest, timeoutMs: number): Promise<VersionList> =>
    this.#json('shareCanary', { ...about(of), body, timeoutMs });
  promote = (of: FunctionName, timeoutMs: number): Promise<VersionList> =>
    this.#json('promote', { ...about(of), timeoutMs });
  abort = (of: FunctionName): Promise<VersionList> => this.#json('abort', about(of));
  setAlias = (of: FunctionName, alias: string, body: AliasRequest, timeoutMs: number): Promise<VersionList> =>
    this.#json('setAlias', { ...about(of, { alias }), body, timeoutMs });
  removeAlias = (of: FunctionName, alias: string): Promise<VersionList> =>
    this.#json('removeAlias', about(of, { alias }));

  /** Undefined where the gateway doesn't have it. */
  async findPackage(digest: string): Promise<PackageInfo | undefined> {
    try {
      return await this.#json('readPackage', { values: { digest } });
    } catch (error) {
      // Unknown packages have a status of their own in deployments; here both mean "not here".
      if (error instanceof ClientError && (error.status === 404 || error.report.code === 'package_unknown'))
        return undefined;
      throw error;
    }
  }

  putPackage = (
    bytes: AsyncIterable<Uint8Array> | Uint8Array,
    allow: readonly string[],
  ): Promise<PackageInfo> =>
    this.#json('putPackage', { query: { allow }, bytes, type: packageContentType, timeoutMs: 0 });

  listBackups = (): Promise<BackupList> => this.#json('listBackups');

  /** The bytes of a backup, as they come. Throws where the connection ends early; whoever reads checks the digests. */
  async *backup(history: boolean): AsyncGenerator<Uint8Array> {
    const answer = await this.#ask('backup', { query: history ? {} : { history: 0 }, timeoutMs: 0 });
    try {
      yield* answer.body;
    } catch (error) {
      throw errorOfConnection(this.target, error);
    }
  }

  /** Log lines as they come; ends when the gateway ends it. */
  readLogs = (query: Params & { name: string }): AsyncGenerator<LogMessage> =>
    this.#lines('readLogs', { query });

  /** A build's lines as they come; the last one says what came of it. */
  build = (body: BuildRequest): AsyncGenerator<BuildLine> => this.#lines('build', { body });

  listStore = (): Promise<StoreList> => this.#json('listStore');
  readStoreItem = (name: string): Promise<StoreItem> => this.#json('readStoreItem', { values: { name } });
  /** Fetching a package may take a while. */
  orderStoreItem = (name: string): Promise<StoreOrder> =>
    this.#json('orderStoreItem', { values: { name }, timeoutMs: 120_000 });

  /** The same for a version of Node. */
  addRuntime = (name: string): AsyncGenerator<BuildLine> => this.#lines('addRuntime', { body: { name } });
  listRuntimes = (): Promise<readonly { readonly name: string; readonly version: string }[]> =>
    this.#json('listRuntimes');

  listImages = (namespace: string): Promise<readonly ImageInfo[]> =>
    this.#json('listImages', { query: { namespace } });
  nameImage = (body: { image: string; namespace: string; package: string }): Promise<ImageInfo> =>
    this.#json('nameImage', { body });
  unnameImage = (body: { image: string; namespace: string }): Promise<void> =>
    this.#done('unnameImage', { body });

  /** An answer in lines of JSON, each as soon as it is there. */
  async *#lines<T>(route: Plain, ask: Ask): AsyncGenerator<T> {
    const answer = await this.#ask(route, { ...ask, timeoutMs: 0 });
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of answer.body) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') yield JSON.parse(line) as T;
      }
    } catch (error) {
      throw errorOfConnection(this.target, error);
    }
    if (rest.trim() !== '') yield JSON.parse(rest) as T;
  }

  /** Calls a function. Resolves with whatever was answered, also a failure; `ClientError` is only for no answer. */
  async invoke(
    of: FunctionName & { readonly qualifier?: string },
    call: Invocation,
    how: 'invoke' | 'invokeAsync' = 'invoke',
  ): Promise<TransportAnswer> {
    const plain = of.namespace === defaultNamespace ? of.name : `${of.name}.${of.namespace}`;
    const dotted = of.qualifier === undefined ? plain : `${plain}@${of.qualifier}`;
    return this.#send({
      method: call.method ?? 'POST',
      url: `${this.target.url}${pathOf(how, { name: dotted })}${call.target ?? ''}`,
      headers: call.headers ?? [],
      ...(call.body === undefined ? {} : { body: call.body }),
      timeoutMs: 0,
    });
  }

  async #json<T>(route: Plain, ask: Ask = {}): Promise<T> {
    const answer = await this.#ask(route, ask);
    const text = await this.#whole(answer);
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      const cause = `${this.target.url} (from ${this.target.origin}) answered ${answer.status} with what is no JSON`;
      const next = 'See whether this is the address of the gateway: wherry doctor';
      throw new ClientError(
        {
          code: 'garbled_answer',
          title: 'The answer cannot be understood',
          cause,
          fault: 'operator',
          component: 'client',
          next,
        },
        answer.status,
        error,
      );
    }
  }

  async #done(route: Plain, ask: Ask): Promise<void> {
    await this.#whole(await this.#ask(route, ask));
  }

  async #whole(answer: TransportAnswer): Promise<string> {
    return wholeBody(answer.body, mostAnswerBytes).catch((error: unknown) => {
      throw errorOfConnection(this.target, error);
    });
  }

  async #ask(route: Plain, ask: Ask): Promise<TransportAnswer> {
    const query = searchOf(ask.query ?? {});
    const body = ask.body === undefined ? ask.bytes : new TextEncoder().encode(JSON.stringify(ask.body));
    const answer = await this.#send({
      method: routes[route].method,
      url: `${this.target.url}${pathOf(route, ask.values)}${query}`,
      headers: [
        ['accept', 'application/json'],
        ...(ask.headers ?? []),
        ...(body === undefined || ask.headers !== undefined
          ? []
          : [['content-type', ask.type ?? 'application/json'] as const]),
      ],
      ...(body === undefined ? {} : { body }),
      timeoutMs: ask.timeoutMs ?? this.#options.timeoutMs ?? 30_000,
    });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw await errorOfAnswer(this.target, answer);
  }

  async #send({ timeoutMs, ...request }: TransportRequest & { timeoutMs: number }): Promise<TransportAnswer> {
    const { authorization, userAgent, transport = fetchTransport, signal } = this.#options;
    const named = new Set(request.headers.map(([name]) => name.toLowerCase()));
    const headers = [...request.headers];
    if (authorization !== undefined && !named.has('authorization'))
      headers.push(['authorization', authorization]);
    if (userAgent !== undefined && !named.has('user-agent')) headers.push(['user-agent', userAgent]);
    const signals = [
      ...(signal === undefined ? [] : [signal]),
      ...(timeoutMs === 0 ? [] : [AbortSignal.timeout(timeoutMs)]),
    ];
    try {
      return await transport({
        ...request,
        headers,
        ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
      });
    } catch (error) {
      throw errorOfConnection(this.target, error);
    }
  }
}

function about({ name, namespace }: FunctionName, more: Readonly<Record<string, string>> = {}): Ask {
  return { values: { name, ...more }, query: { namespace } };
}

function searchOf(params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== '') search.append(name, String(one));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
