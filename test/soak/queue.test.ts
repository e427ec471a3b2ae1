import { shortRuns } from './kit/short-runs.ts';
import { flushFirst } from './scenarios/flush-first.ts';
import { kills } from './scenarios/kills.ts';
import { longQueue } from './scenarios/long-queue.ts';
import { retriedRequests } from './scenarios/retried-requests.ts';

shortRuns([kills, flushFirst, retriedRequests, longQueue]);
