import { entry } from './entry.ts';

/** What the machine or its operator lacks. */
export const operatorErrors = {
  dashboard_off: entry(
    503,
    'operator',
    'The dashboard does not listen',
    'Free its port, or name another (WHERRY_DASHBOARD_PORT), and start the gateway again.',
  ),
  no_room: entry(
    503,
    'operator',
    'No memory left to start an instance',
    'Retry later, remove functions, or raise WHERRY_MEMORY_BUDGET.',
  ),
  start_failed: entry(
    503,
    'operator',
    'An instance cannot be started',
    'See what this machine lacks: wherry doctor',
  ),
  isolation_missing: entry(
    503,
    'operator',
    'This machine cannot fence functions as asked',
    'See what is missing and how to add it: wherry doctor',
  ),
  secret_unreadable: entry(
    503,
    'operator',
    'The key of a secret is lost',
    'Put the key file back, or write the secret anew: wherry secret update {name}',
  ),
  capture_unreadable: entry(
    503,
    'operator',
    'The key of what was kept of a call is lost',
    'Put the key file back; what was kept with it cannot be read otherwise.',
  ),
  storage_full: entry(
    507,
    'operator',
    'The disk is full',
    'Make room in the data folder; nothing that was accepted is lost.',
  ),
  storage_failed: entry(
    500,
    'operator',
    'The data folder cannot be written',
    'See the gateway log, and check the disk.',
  ),
  storage_damaged: entry(
    500,
    'operator',
    'The database is damaged',
    'Run: wherry salvage. It keeps everything that still checks out and says what does not. Or put a backup back: wherry restore FILE --force',
  ),
  data_newer: entry(
    500,
    'operator',
    'The data was written by a newer Wherry',
    'Start the newer Wherry again, or put a backup from before back: wherry restore FILE --force. Nothing was changed.',
  ),
  home_in_use: entry(
    503,
    'operator',
    'Another gateway uses this data folder',
    'Stop the other gateway first, or name another data folder in WHERRY_HOME.',
  ),
  audit_unavailable: entry(
    503,
    'operator',
    'The change cannot be audited',
    'Nothing was changed. Make room on the disk, or look at the log: wherry audit verify. Calls are answered all the same.',
  ),
  audit_refused: entry(
    400,
    'caller',
    'This is no audit log that can be read',
    'Name an export in JSON lines: wherry audit export FILE',
  ),
  queue_unavailable: entry(
    503,
    'operator',
    'The call could not be kept',
    'Retry; nothing was accepted. The cause says what the queue lacks.',
  ),
  stopping: entry(503, 'operator', 'The gateway is shutting down', 'Retry in a moment.'),
  internal: entry(
    500,
    'wherry',
    'Wherry made a mistake',
    'Please report it with the call id and the gateway log.',
  ),
} as const;
