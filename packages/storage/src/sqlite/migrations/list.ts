import desiredState from './0001-desired-state.ts';
import history from './0002-history.ts';
import namespacesAndSecrets from './0003-namespaces-secrets.ts';
import builds from './0004-builds.ts';
import queue from './0005-queue.ts';
import scaling from './0006-scaling.ts';
import seals from './0007-seals.ts';
import schedules from './0008-schedules.ts';
import metrics from './0009-metrics.ts';
import audit from './0010-audit.ts';
import captures from './0011-captures.ts';
import alerts from './0012-alerts.ts';
import boards from './0013-boards.ts';
import reports from './0014-reports.ts';
import callChunks from './0015-call-chunks.ts';
import oldestOfALane from './0016-oldest-of-a-lane.ts';

/** Every step of the schema, in order; step N leads to `user_version` N. A step that was released is never edited. */
export const migrations: readonly string[] = [
  desiredState,
  history,
  namespacesAndSecrets,
  builds,
  queue,
  scaling,
  seals,
  schedules,
  metrics,
  audit,
  captures,
  alerts,
  boards,
  reports,
  callChunks,
  oldestOfALane,
];
