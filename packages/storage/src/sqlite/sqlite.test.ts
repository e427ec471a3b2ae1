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
import type { OpenStore } from '@wherry/testkit/store-under-test';
import { tokenStoreConformance } from '@wherry/testkit/token-store-conformance';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from './open-store.ts';

/** A store in a folder of its own, of which the suite sees one part. */
function fresh<T>(part: (store: Store) => T): OpenStore<T> {
  return async () => {
    const home = await mkdtemp(join(tmpdir(), 'wherry-store-'));
    let store = await openStore({ home, now: Date.now });
    return {
      store: part(store),
      async reopen() {
        await store.close();
        store = await openStore({ home, now: Date.now });
        return part(store);
      },
      async dispose() {
        await store.close();
        await rm(home, { recursive: true });
      },
    };
  };
}

auditLogConformance(
  'sqlite audit log',
  fresh((store) => store.audit),
);
desiredStateConformance(
  'sqlite desired state',
  fresh((store) => store.desiredState),
);
tokenStoreConformance(
  'sqlite tokens',
  fresh((store) => store.tokens),
);
namespaceStoreConformance(
  'sqlite namespaces',
  fresh((store) => store.namespaces),
);
secretStoreConformance(
  'sqlite secrets',
  fresh((store) => store.secrets),
);
buildCatalogueConformance(
  'sqlite builds',
  fresh((store) => store.builds),
);
callRecordsConformance(
  'sqlite call records',
  fresh((store) => store.records),
);
capturesConformance(
  'sqlite captures',
  fresh((store) => store.captures),
);
scalingRecordsConformance(
  'sqlite decisions over instances',
  fresh((store) => store.scalings),
);
logArchiveConformance(
  'sqlite logs',
  fresh((store) => store.logs),
);
callQueueConformance(
  'sqlite queue',
  fresh((store) => store.queue),
);
reportStoreConformance(
  'sqlite reports',
  fresh((store) => store.reports),
);
scheduleStoreConformance(
  'sqlite schedules',
  fresh((store) => store.schedules),
);
alertStoreConformance(
  'sqlite alerts',
  fresh((store) => store.alerts),
);
metricHistoryConformance(
  'sqlite numbers',
  fresh((store) => store.metrics),
);
boardStoreConformance(
  'sqlite boards',
  fresh((store) => store.boards),
);
