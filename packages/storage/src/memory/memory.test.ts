import { auditLogConformance } from '@wherry/testkit/audit-log-conformance';
import { boardStoreConformance } from '@wherry/testkit/board-store-conformance';
import { buildCatalogueConformance } from '@wherry/testkit/build-catalogue-conformance';
import { callQueueConformance } from '@wherry/testkit/call-queue-conformance';
import { callRecordsConformance } from '@wherry/testkit/call-records-conformance';
import { capturesConformance } from '@wherry/testkit/captures-conformance';
import { desiredStateConformance } from '@wherry/testkit/desired-state-conformance';
import { logArchiveConformance } from '@wherry/testkit/log-archive-conformance';
import { metricHistoryConformance } from '@wherry/testkit/metric-history-conformance';
import { namespaceStoreConformance } from '@wherry/testkit/namespace-store-conformance';
import { scalingRecordsConformance } from '@wherry/testkit/scaling-records-conformance';
import { alertStoreConformance } from '@wherry/testkit/alert-store-conformance';
import { reportStoreConformance } from '@wherry/testkit/report-store-conformance';
import { scheduleStoreConformance } from '@wherry/testkit/schedule-store-conformance';
import { secretStoreConformance } from '@wherry/testkit/secret-store-conformance';
import { tokenStoreConformance } from '@wherry/testkit/token-store-conformance';
import { MemoryAuditLog } from './audit-log.ts';
import { MemoryBoardStore } from './board-store.ts';
import { MemoryBuildCatalogue } from './build-catalogue.ts';
import { MemoryCallQueue } from './call-queue.ts';
import { MemoryCallRecords } from './call-records.ts';
import { MemoryCaptures } from './captures.ts';
import { MemoryDesiredState } from './desired-state.ts';
import { MemoryLogArchive } from './log-archive.ts';
import { MemoryMetricHistory } from './metric-history.ts';
import { MemoryNamespaceStore } from './namespace-store.ts';
import { MemoryScalingRecords } from './scaling-records.ts';
import { MemoryAlertStore } from './alert-store.ts';
import { MemoryReportStore } from './report-store.ts';
import { MemoryScheduleStore } from './schedule-store.ts';
import { MemorySecretStore } from './secret-store.ts';
import { MemoryTokenStore } from './token-store.ts';

const fresh =
  <T>(make: () => T) =>
  async () => ({ store: make(), dispose: async () => {} });

auditLogConformance(
  'memory audit log',
  fresh(() => new MemoryAuditLog()),
);
desiredStateConformance(
  'memory desired state',
  fresh(() => new MemoryDesiredState()),
);
tokenStoreConformance(
  'memory tokens',
  fresh(() => new MemoryTokenStore()),
);
namespaceStoreConformance(
  'memory namespaces',
  fresh(() => new MemoryNamespaceStore()),
);
secretStoreConformance(
  'memory secrets',
  fresh(() => new MemorySecretStore()),
);
buildCatalogueConformance(
  'memory builds',
  fresh(() => new MemoryBuildCatalogue()),
);
callRecordsConformance(
  'memory call records',
  fresh(() => new MemoryCallRecords()),
);
capturesConformance(
  'memory captures',
  fresh(() => new MemoryCaptures()),
);
scalingRecordsConformance(
  'memory decisions over instances',
  fresh(() => new MemoryScalingRecords()),
);
logArchiveConformance(
  'memory logs',
  fresh(() => new MemoryLogArchive()),
);
callQueueConformance(
  'memory queue',
  fresh(() => new MemoryCallQueue()),
);
reportStoreConformance(
  'memory reports',
  fresh(() => new MemoryReportStore()),
);
scheduleStoreConformance(
  'memory schedules',
  fresh(() => new MemoryScheduleStore()),
);
alertStoreConformance(
  'memory alerts',
  fresh(() => new MemoryAlertStore()),
);
metricHistoryConformance(
  'memory numbers',
  fresh(() => new MemoryMetricHistory()),
);
boardStoreConformance(
  'memory boards',
  fresh(() => new MemoryBoardStore()),
);
