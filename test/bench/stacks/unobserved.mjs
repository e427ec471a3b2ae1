// Imported by a gateway before it starts (NODE_OPTIONS=--import=…): keeps no records, metrics and logs of calls. What seeing everything
// costs is measured against this; there is no such setting.
import { isMainThread } from 'node:worker_threads';
import { MetricRecorder } from '../../../packages/engine/src/metrics/metric-recorder.ts';
import { LogBook } from '../../../packages/engine/src/record/log-book.ts';
import { Recorder } from '../../../packages/engine/src/record/recorder.ts';

if (isMainThread) {
  Recorder.prototype.record = () => undefined;
  LogBook.prototype.logged = () => undefined;
  MetricRecorder.prototype.start = () => undefined;
}
