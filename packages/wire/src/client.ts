// Long because: every route is one method of one class, so that both sides can be read next to each other.
import type { FunctionName } from '@wherry/core/names';
import type { MatrixResult, QueryResult } from '@wherry/core/ports/queries';
import { defaultNamespace } from '@wherry/core/names';
import type { ChannelInfo, ChannelRemoved, ChannelRequest, ChannelTest } from './alert-channels.ts';
import type { AlertEventInfo, AlertList, SilenceInfo, SilenceRequest } from './alert-lists.ts';
import type { AlertRuleInfo, AlertRuleRequest, AlertTrial } from './alert-rules.ts';
import type { AlertSetRequest } from './alert-sets.ts';
import type { AuditEntryInfo, AuditState } from './audit.ts';
import type { BackupList } from './backups.ts';
import type { BoardInfo, BoardRequest } from './boards.ts';
import type { BuildLine, BuildRequest, ImageInfo } from './builds.ts';
import type { Call } from './calls.ts';
import type { CapturedCall, Replayed, ReplayRequest } from './captures.ts';
import { ClientError, type Target } from './client-error.ts';
import { type Ask, type ClientOptions, Connection, type Params } from './connection.ts';
import { decodeEvents, type StreamedEvent } from './events.ts';
import type { FunctionDeployment } from './deployment.ts';
import { decodeRemoved, removedHeader } from './removed-settings.ts';
import type { Diagnosis, Setting } from './diagnosis.ts';
import type { EndedInstance } from './ended-instances.ts';
import type { FunctionState, InstanceState } from './function-state.ts';
import type { FunctionStatus } from './function-status.ts';
import type { GatewayLogLine } from './gateway-log.ts';
import type { GatewayInfo } from './info.ts';
import type { LogMessage } from './logs.ts';
import { packageContentType, type PackageInfo } from './packages.ts';
import type { CallOutcome, QueueChange, QueueChanged, QueuedCall, QueueLane } from './queued-calls.ts';
import type { EditedRedrive, QueuePayload, Redriven } from './queue-payloads.ts';
import type {
  ReportDetail,
  ReportInfo,
  ReportRequest,
  SubscriptionInfo,
  SubscriptionRequest,
} from './reports.ts';
import { pathOf } from './routes.ts';
import type { AliasRequest, CanaryRequest } from './version-requests.ts';
import type { AliasInfo, VersionList } from './versions.ts';
import type { FunctionNamespace } from './namespaces.ts';
import type { ScalingDecision } from './scaling.ts';
import type { StoreItem, StoreList, StoreOrder } from './store.ts';
import type { ScheduledRun, ScheduleInfo } from './schedules.ts';
import type { SecretRequest, SecretStatus } from './secrets.ts';
import type { SignInLink } from './sign-in.ts';
import type { PublishedMessage, TopicInfo } from './topics.ts';
import type { LinkRequest, NewLink, NewToken, TokenInfo, TokenRequest } from './tokens.ts';
import type { UsageInfo } from './usage.ts';
import type { TransportAnswer, TransportRequest } from './transport.ts';

export interface Invocation {
  readonly method?: string;
  /** What comes after the function's name, with its query, byte for byte. */
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: TransportRequest['body'];
  /** Ends it: before the answer by a `ClientError`, later in the middle of its body. */
  readonly signal?: AbortSignal;
}

/** What became of a deploy, and what the version before had and this one has no more: `annotations.KEY`, `env.KEY`, `secrets.NAME`. */
export interface DeployAnswer {
  readonly result: 'updated' | 'created';
  readonly removed: readonly string[];
}

/** The API as methods. Every one throws `ClientError`; answers are trusted to be what the gateway's own types say. */
export class Client {
  readonly target: Target;
  readonly #on: Connection;

  constructor(options: ClientOptions) {
    this.#on = new Connection(options);
    this.target = this.#on.target;
  }

  /** Whether the gateway answers calls; false also where nobody is there. */
  async ready(): Promise<boolean> {
    try {
      await this.#on.done('readyz', {});
      return true;
    } catch {
      return false;
    }
  }

  info = (): Promise<GatewayInfo> => this.#on.json('info');
  doctor = (): Promise<Diagnosis> => this.#on.json('doctor');
  config = (): Promise<readonly Setting[]> => this.#on.json('config');
  gatewayLog = (): Promise<readonly GatewayLogLine[]> => this.#on.json('gatewayLog');
  listFunctions = (namespace?: string): Promise<readonly FunctionStatus[]> =>
    this.#on.json('listFunctions', { query: { namespace } });
  listNamespaces = (): Promise<readonly string[]> => this.#on.json('listNamespaces');
  listInstances = (): Promise<readonly InstanceState[]> => this.#on.json('listInstances');
  listEndedInstances = (query: {
    function?: string;
    namespace?: string;
    instance?: string;
    kind?: string;
    failed?: number;
    since?: string;
    until?: string;
    limit?: number;
  }): Promise<readonly EndedInstance[]> => this.#on.json('listEndedInstances', { query });
  listTokens = (): Promise<readonly TokenInfo[]> => this.#on.json('listTokens');

  readFunction = ({ name, namespace }: FunctionName): Promise<FunctionStatus> =>
    this.#on.json('readFunction', { values: { name }, query: { namespace, usage: 1 } });

  readState = ({ name, namespace }: FunctionName): Promise<FunctionState> =>
    this.#on.json('readState', { values: { name }, query: { namespace } });

  readScaling = (
    { name, namespace }: FunctionName,
    query: { since?: string; limit?: number },
  ): Promise<readonly ScalingDecision[]> =>
    this.#on.json('readScaling', { values: { name }, query: { namespace, ...query } });

  query = (query: { query: string; time?: string }): Promise<QueryResult> => this.#on.data('query', query);
  queryRange = (query: { query: string; start: string; end: string; step: string }): Promise<MatrixResult> =>
    this.#on.data('queryRange', query);
  labelNames = (): Promise<readonly string[]> => this.#on.data('listLabels', {});
  labelValues = (label: string): Promise<readonly string[]> =>
    this.#on.data('listLabelValues', {}, { label });

  listBoards = (): Promise<readonly BoardInfo[]> => this.#on.json('listBoards');
  readBoard = (name: string): Promise<BoardInfo> => this.#on.json('readBoard', { values: { name } });
  putBoard = (name: string, body: BoardRequest): Promise<BoardInfo> =>
    this.#on.json('putBoard', { values: { name }, body });
  deleteBoard = (name: string): Promise<void> => this.#on.done('deleteBoard', { values: { name } });

  listCalls = (query: {
    function?: string;
    namespace?: string;
    id?: string;
    instance?: string;
    trace?: string;
    failed?: number;
    cold?: number;
    since?: string;
    until?: string;
    before?: string;
    beforeStart?: string;
    limit?: number;
  }): Promise<readonly Call[]> => this.#on.json('listCalls', { query });

  readCall = (id: string): Promise<CallOutcome> => this.#on.json('readCall', { values: { id } });
  cancelCall = (id: string): Promise<void> => this.#on.done('cancelCall', { values: { id } });
  readCapture = (id: string): Promise<CapturedCall> => this.#on.json('readCapture', { values: { id } });
  replayCall = (id: string, body: ReplayRequest): Promise<Replayed> =>
    this.#on.json('replayCall', { values: { id }, body });
  listLanes = (): Promise<readonly QueueLane[]> => this.#on.json('listLanes');
  listQueued = (query: {
    function?: string;
    namespace?: string;
    lane?: string;
    state?: string;
    before?: string;
    limit?: number;
  }): Promise<readonly QueuedCall[]> => this.#on.json('listQueued', { query });
  cancelQueued = (body: QueueChange): Promise<QueueChanged> => this.#on.json('cancelQueued', { body });
  redrive = (body: QueueChange): Promise<QueueChanged> => this.#on.json('redrive', { body });
  readPayload = (id: string): Promise<QueuePayload> => this.#on.json('readPayload', { values: { id } });
  redriveEdited = (id: string, body: EditedRedrive): Promise<Redriven> =>
    this.#on.json('redriveEdited', { values: { id }, body });
  discard = (body: QueueChange): Promise<QueueChanged> => this.#on.json('discard', { body });
  callbackKey = (receiver: string): Promise<{ readonly receiver: string; readonly key: string }> =>
    this.#on.json('callbackKey', { query: { receiver } });

  listSchedules = (namespace?: string): Promise<readonly ScheduleInfo[]> =>
    this.#on.json('listSchedules', { query: { namespace } });
  pauseSchedule = ({ name, namespace }: FunctionName, paused: boolean): Promise<void> =>
    this.#on.done(paused ? 'pauseSchedule' : 'resumeSchedule', { values: { name }, query: { namespace } });
  runSchedule = ({ name, namespace }: FunctionName): Promise<ScheduledRun> =>
    this.#on.json('runSchedule', { values: { name }, query: { namespace } });
  listTopics = (): Promise<readonly TopicInfo[]> => this.#on.json('listTopics');
  publish = (topic: string, { body, headers = [] }: Invocation): Promise<PublishedMessage> =>
    this.#on.json('publish', { values: { topic }, headers, ...(body === undefined ? {} : { bytes: body }) });

  listAlerts = (): Promise<AlertList> => this.#on.json('listAlerts');
  listAlertEvents = (query: Params): Promise<readonly AlertEventInfo[]> =>
    this.#on.json('listAlertEvents', { query });
  listAlertRules = (): Promise<readonly AlertRuleInfo[]> => this.#on.json('listAlertRules');
  putAlertRule = (name: string, body: AlertRuleRequest): Promise<AlertRuleInfo> =>
    this.#on.json('putAlertRule', { values: { name }, body });
  deleteAlertRule = (name: string): Promise<void> => this.#on.done('deleteAlertRule', { values: { name } });
  tryAlertRule = (name: string, body?: AlertRuleRequest): Promise<readonly AlertTrial[]> =>
    this.#on.json('tryAlertRule', { values: { name }, ...(body === undefined ? {} : { body }) });
  putAlertSet = (body: AlertSetRequest): Promise<void> => this.#on.done('putAlertSet', { body });
  tryAlertSet = (body: AlertSetRequest): Promise<void> => this.#on.done('tryAlertSet', { body });
  fireAlertRule = (name: string): Promise<{ readonly deliveries: readonly string[] }> =>
    this.#on.json('fireAlertRule', { values: { name } });
  listSilences = (): Promise<readonly SilenceInfo[]> => this.#on.json('listSilences');
  createSilence = (body: SilenceRequest): Promise<SilenceInfo> => this.#on.json('createSilence', { body });
  deleteSilence = (id: string): Promise<void> => this.#on.done('deleteSilence', { values: { id } });
  listChannels = (): Promise<readonly ChannelInfo[]> => this.#on.json('listChannels');
  putChannel = (name: string, body: ChannelRequest): Promise<ChannelInfo> =>
    this.#on.json('putChannel', { values: { name }, body });
  deleteChannel = (name: string): Promise<ChannelRemoved> =>
    this.#on.json('deleteChannel', { values: { name } });
  testChannel = (name: string): Promise<ChannelTest> => this.#on.json('testChannel', { values: { name } });

  createNamespace = (body: FunctionNamespace): Promise<void> => this.#on.done('createNamespace', { body });
  readNamespace = (namespace: string): Promise<FunctionNamespace> =>
    this.#on.json('readNamespace', { values: { namespace } });
  updateNamespace = (body: FunctionNamespace): Promise<void> =>
    this.#on.done('updateNamespace', { values: { namespace: body.name }, body });
  deleteNamespace = (namespace: string): Promise<void> =>
    this.#on.done('deleteNamespace', { values: { namespace }, body: { name: namespace } });

  listSecrets = (namespace: string): Promise<readonly SecretStatus[]> =>
    this.#on.json('listSecrets', { query: { namespace } });
  createSecret = (body: SecretRequest): Promise<void> => this.#on.done('createSecret', { body });
  updateSecret = (body: SecretRequest): Promise<void> => this.#on.done('updateSecret', { body });
  deleteSecret = (body: Pick<SecretRequest, 'name' | 'namespace'>): Promise<void> =>
    this.#on.done('deleteSecret', { body });
  rotateSecretKey = (): Promise<{ readonly secrets: number }> => this.#on.json('rotateSecretKey');

  createToken = (body: TokenRequest): Promise<NewToken> => this.#on.json('createToken', { body });
  rotateToken = (name: string): Promise<NewToken> => this.#on.json('rotateToken', { values: { name } });
  deleteToken = (name: string): Promise<void> => this.#on.done('deleteToken', { values: { name } });

  makeSignInLink = (): Promise<SignInLink> => this.#on.json('makeSignInLink');
  signIn = (code: string): Promise<NewToken> => this.#on.json('signIn', { body: { code } });

  /**
   * Changes a function, or makes it where there is none, as OpenFaaS's clients do. `timeoutMs` covers proving that it starts. With a share, what
   * is live stays so, and the new version takes that much of the calls.
   */
  async deploy(body: FunctionDeployment, timeoutMs: number, share?: CanaryRequest): Promise<DeployAnswer> {
    const query = share === undefined ? {} : { canary: share.percent, sticky: share.sticky };
    try {
      const gone = await this.#on.header('updateFunction', { query, body, timeoutMs }, removedHeader);
      return { result: 'updated', removed: decodeRemoved(gone) };
    } catch (error) {
      if (!(error instanceof ClientError) || error.status !== 404) throw error;
    }
    await this.#on.done('deployFunction', { query, body, timeoutMs });
    return { result: 'created', removed: [] };
  }

  /** The same in one request, for who need not know whether it was there. */
  deployFunction = (body: FunctionDeployment, timeoutMs: number): Promise<void> =>
    this.#on.done('deployFunction', { body, timeoutMs });

  remove = ({ name, namespace }: FunctionName): Promise<void> =>
    this.#on.done('deleteFunction', { query: { namespace }, body: { functionName: name, namespace } });

  scale = ({ name, namespace }: FunctionName, replicas: number): Promise<void> =>
    this.#on.done('scaleFunction', {
      values: { name },
      query: { namespace },
      body: { serviceName: name, replicas, namespace },
    });

  listVersions = (of: FunctionName): Promise<VersionList> => this.#on.json('listVersions', about(of));
  listAliases = (of: FunctionName): Promise<readonly AliasInfo[]> => this.#on.json('listAliases', about(of));

  /** These resolve when the version that takes calls next has shown that it starts. */
  rollback = (of: FunctionName, timeoutMs: number, version?: number): Promise<VersionList> =>
    this.#on.json('rollback', { ...about(of), body: { version }, timeoutMs });
  shareCanary = (of: FunctionName, body: CanaryRequest, timeoutMs: number): Promise<VersionList> =>
    this.#on.json('shareCanary', { ...about(of), body, timeoutMs });
  promote = (of: FunctionName, timeoutMs: number): Promise<VersionList> =>
    this.#on.json('promote', { ...about(of), timeoutMs });
  abort = (of: FunctionName): Promise<VersionList> => this.#on.json('abort', about(of));
  setAlias = (of: FunctionName, alias: string, body: AliasRequest, timeoutMs: number): Promise<VersionList> =>
    this.#on.json('setAlias', { ...about(of, { alias }), body, timeoutMs });
  removeAlias = (of: FunctionName, alias: string): Promise<VersionList> =>
    this.#on.json('removeAlias', about(of, { alias }));

  /** Undefined where the gateway doesn't have it. */
  async findPackage(digest: string): Promise<PackageInfo | undefined> {
    try {
      return await this.#on.json('readPackage', { values: { digest } });
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
    this.#on.json('putPackage', { query: { allow }, bytes, type: packageContentType, timeoutMs: 0 });

  listAudit = (query: Params): Promise<readonly AuditEntryInfo[]> => this.#on.json('listAudit', { query });
  /** Reading all of it may take a while. */
  verifyAudit = (): Promise<AuditState> => this.#on.json('verifyAudit', { timeoutMs: 0 });

  exportTable = (table: string, query: Params): AsyncGenerator<Uint8Array> =>
    this.#on.bytes('exportTable', query, { values: { table } });
  createExportLink = (table: string, query: Params, body: LinkRequest): Promise<NewLink> =>
    this.#on.json('createExportLink', { values: { table }, query, body });
  readUsage = (query: Params): Promise<readonly UsageInfo[]> =>
    this.#on.json('readUsage', { query, timeoutMs: 120_000 });

  listReports = (): Promise<readonly ReportInfo[]> => this.#on.json('listReports');
  readReport = (id: string): Promise<ReportDetail> =>
    this.#on.json('readReport', { values: { id }, query: { format: 'json' } });
  /** The report as a page or as text. */
  showReport = (id: string, format: 'html' | 'text'): AsyncGenerator<Uint8Array> =>
    this.#on.bytes('readReport', { format }, { values: { id } });
  makeReport = (body: ReportRequest): Promise<ReportInfo> =>
    this.#on.json('makeReport', { body, timeoutMs: 120_000 });
  previewReport = (body: ReportRequest): Promise<ReportDetail> =>
    this.#on.json('previewReport', { body, timeoutMs: 120_000 });
  pauseReport = (name: string, paused: boolean): Promise<void> =>
    this.#on.done(paused ? 'pauseReport' : 'resumeReport', { values: { name } });
  listReportSubscriptions = (): Promise<readonly SubscriptionInfo[]> =>
    this.#on.json('listReportSubscriptions');
  subscribeReport = (body: SubscriptionRequest): Promise<SubscriptionInfo> =>
    this.#on.json('subscribeReport', { body });
  unsubscribeReport = (name: string): Promise<void> =>
    this.#on.done('unsubscribeReport', { values: { name } });

  exportAudit = (format: string): AsyncGenerator<Uint8Array> => this.#on.bytes('exportAudit', { format });

  listBackups = (): Promise<BackupList> => this.#on.json('listBackups');

  /** The bytes of a backup, as they come. Throws where the connection ends early; whoever reads checks the digests. */
  backup = (history: boolean): AsyncGenerator<Uint8Array> =>
    this.#on.bytes('backup', history ? {} : { history: 0 });

  /** What happens at the gateway as it happens, behind an event where one is named; ends when the gateway ends it. */
  events = (after: string, signal: AbortSignal, heard?: () => void): AsyncGenerator<StreamedEvent> => {
    const headers = after === '' ? [] : ([['last-event-id', after]] as const);
    return decodeEvents(this.#on.bytes('events', {}, { headers, signal }), heard);
  };

  /** Log lines as they come; ends when the gateway ends it. */
  readLogs = (query: Params & { name: string }, signal?: AbortSignal): AsyncGenerator<LogMessage> =>
    this.#on.lines('readLogs', { query, ...(signal === undefined ? {} : { signal }) });

  /** A build's lines as they come; the last one says what came of it. */
  build = (body: BuildRequest): AsyncGenerator<BuildLine> => this.#on.lines('build', { body });

  listStore = (): Promise<StoreList> => this.#on.json('listStore');
  readStoreItem = (name: string): Promise<StoreItem> => this.#on.json('readStoreItem', { values: { name } });
  /** Fetching a package may take a while. */
  orderStoreItem = (name: string): Promise<StoreOrder> =>
    this.#on.json('orderStoreItem', { values: { name }, timeoutMs: 120_000 });

  /** The same for a version of Node. */
  addRuntime = (name: string): AsyncGenerator<BuildLine> => this.#on.lines('addRuntime', { body: { name } });
  listRuntimes = (): Promise<readonly { readonly name: string; readonly version: string }[]> =>
    this.#on.json('listRuntimes');

  listImages = (namespace: string): Promise<readonly ImageInfo[]> =>
    this.#on.json('listImages', { query: { namespace } });
  nameImage = (body: { image: string; namespace: string; package: string }): Promise<ImageInfo> =>
    this.#on.json('nameImage', { body });
  unnameImage = (body: { image: string; namespace: string }): Promise<void> =>
    this.#on.done('unnameImage', { body });

  /** Calls a function. Resolves with whatever was answered, also a failure; `ClientError` is only for no answer. */
  async invoke(
    of: FunctionName & { readonly qualifier?: string },
    call: Invocation,
    how: 'invoke' | 'invokeAsync' = 'invoke',
  ): Promise<TransportAnswer> {
    const plain = of.namespace === defaultNamespace ? of.name : `${of.name}.${of.namespace}`;
    const dotted = of.qualifier === undefined ? plain : `${plain}@${of.qualifier}`;
    return this.#on.send({
      method: call.method ?? 'POST',
      url: `${this.target.url}${pathOf(how, { name: dotted })}${call.target ?? ''}`,
      headers: call.headers ?? [],
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
      timeoutMs: 0,
    });
  }
}

function about({ name, namespace }: FunctionName, more: Readonly<Record<string, string>> = {}): Ask {
  return { values: { name, ...more }, query: { namespace } };
}
