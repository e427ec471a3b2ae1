// Long because: every rule that is there from the start stands in one list, with what to do about it.
import type { AlertRule, AlertSource, Comparison, PresetChange, Severity, Unit } from '../alert.ts';

const minute = 60_000;
const calls = 'gateway_function_invocation_total';
const by = 'sum by (function_name)';
const enough = `and on (function_name) ${by} (increase(${calls}[5m])) >= 10`;

function preset(
  name: string,
  source: string,
  [is, threshold, clear]: readonly [Comparison, number, number?],
  forMinutes: number,
  of: {
    readonly severity: Severity;
    readonly unit?: Unit;
    readonly subject: string;
    readonly clause?: string;
    readonly summary: string;
    readonly action: string;
  },
): AlertRule {
  return {
    ...{ name, source: { kind: 'query', text: source } satisfies AlertSource, is, threshold },
    ...(clear === undefined ? {} : { clear }),
    ...{ forMs: forMinutes * minute, keepMs: 0, unit: 'number', labels: {}, channels: [] },
    ...{ enabled: true, preset: true, ...of },
  };
}

/** What everybody wants to hear of. Over the same numbers that everybody can ask for, so that each can be followed. */
export const alertPresets: readonly AlertRule[] = [
  preset(
    'error-share',
    `${by} (rate(${calls}{code=~"5.."}[5m])) / ${by} (rate(${calls}[5m])) ${enough}`,
    ['>', 0.05, 0.02],
    2,
    {
      ...{ severity: 'major', unit: 'share', subject: 'share of failed calls of {{ function }}' },
      summary:
        '{{ function }} fails: {{ value }} of its calls of five minutes were answered with 500 or more',
      action:
        'Look at wherry calls {{ function_name }} and wherry logs {{ function_name }} --level error. If it began with a deploy: wherry rollback {{ function_name }}',
    },
  ),
  preset(
    'p95',
    `histogram_quantile(0.95, sum by (function_name, le) (rate(wherry_function_seconds_bucket[5m]))) ${enough}`,
    ['>', 2, 1.6],
    5,
    {
      ...{ severity: 'warning', unit: 'seconds', subject: 'p95 of {{ function }}' },
      summary: '{{ function }} is slow: one call in twenty takes longer than {{ value }}',
      action:
        'wherry calls {{ function_name }} shows whether calls wait, wake or run. Where they wait: more instances (com.openfaas.scale.max)',
    },
  ),
  preset('queue-age', 'wherry_queue_oldest_seconds', ['>', 300, 60], 1, {
    ...{ severity: 'warning', unit: 'seconds', subject: 'wait of the next queued call of {{ function }}' },
    clause: 'the next queued call of {{ function }} waits longer than {{ threshold }}',
    summary: 'Queued calls of {{ function }} wait: the next one could have begun {{ value }} ago',
    action:
      'wherry queue status shows how many wait; wherry scaling {{ function_name }} what keeps instances from starting',
  }),
  preset('dead-letters', 'wherry_queue_dead_letters', ['>', 0], 0, {
    ...{ severity: 'major', subject: 'queued calls of {{ function }} that failed for good' },
    clause: 'a queued call of {{ function }} failed for good',
    summary: '{{ value }} queued call{{ s }} of {{ function }} failed for good',
    action:
      'wherry queue list {{ function_name }} --state dead says why. Then wherry queue redrive {{ function_name }}, or discard',
  }),
  preset(
    'crash-loop',
    // What is counted is told in whole numbers, though increase() estimates what lies between samples.
    `floor(${by} (increase(wherry_function_exits_total{kind!="stopped"}[10m])))`,
    ['>', 3, 1],
    0,
    {
      ...{ severity: 'major', subject: 'instances of {{ function }} that ended by themselves in 10 minutes' },
      clause: 'more than {{ threshold }} instances of {{ function }} ended by themselves in 10 minutes',
      summary: 'Instances of {{ function }} keep ending: about {{ value }} in ten minutes',
      action: 'wherry describe {{ function_name }} has their last words',
    },
  ),
  preset(
    'never-ready',
    'max_over_time(gateway_service_count[5m]) and on (function_name) max_over_time(gateway_service_ready_count[5m]) == 0',
    ['>', 0],
    5,
    {
      ...{
        severity: 'major',
        subject: 'instances that {{ function }} should have while none gets ready',
        clause: 'no instance of {{ function }} gets ready, though there should be some,',
      },
      summary: 'No instance of {{ function }} gets ready, though there should be {{ value }}',
      action: 'wherry describe {{ function_name }} says what keeps it from starting',
    },
  ),
  preset(
    'no-traffic',
    `floor(${by} (increase(${calls}[1h] offset 1d))) unless on (function_name) ${by} (increase(${calls}[1h])) > 0 unless on (function_name) ${by} (increase(${calls}[1h] offset 7d)) < 1`,
    ['>=', 10],
    10,
    {
      ...{ severity: 'warning', subject: 'calls of {{ function }} in this hour yesterday, with none now,' },
      clause: 'nobody calls {{ function }}, which had at least {{ threshold }} calls in this hour yesterday,',
      summary:
        '{{ function }} is not called any more: nothing for an hour, {{ value }} call{{ s }} in the same hour yesterday',
      action: 'Look at who calls it, and at its address: wherry describe {{ function_name }}',
    },
  ),
  preset(
    'function-memory',
    'max by (function_name) (wherry_instance_memory_bytes) / on (function_name) wherry_function_memory_limit_bytes',
    ['>', 0.95, 0.9],
    5,
    {
      ...{
        severity: 'warning',
        unit: 'share',
        subject: 'share of its memory that an instance of {{ function }} uses',
        clause: 'an instance of {{ function }} uses more than {{ threshold }} of its memory',
      },
      summary: 'An instance of {{ function }} uses {{ value }} of the memory that it may have',
      action: 'More memory (limits.memory), or look for what grows: wherry describe {{ function_name }}',
    },
  ),
  preset(
    'machine-cpu',
    'rate(wherry_machine_cpu_busy_seconds_total[5m]) / wherry_machine_cpus',
    ['>', 0.9, 0.8],
    15,
    {
      ...{ severity: 'warning', unit: 'share', subject: 'share of the machine’s processors in use' },
      summary: 'The machine’s processors are busy: {{ value }}',
      action:
        "wherry query 'topk(5, sum by (function_name) (rate(pod_cpu_usage_seconds_total[5m])))' names the functions that use most",
    },
  ),
  preset(
    'machine-memory',
    '1 - wherry_machine_memory_available_bytes / wherry_machine_memory_bytes',
    ['>', 0.92, 0.88],
    5,
    {
      ...{ severity: 'major', unit: 'share', subject: 'share of the machine’s memory in use' },
      summary: 'The machine’s memory is used up: {{ value }}',
      action: "wherry query 'topk(5, pod_memory_working_set_bytes)' names the functions that use most",
    },
  ),
  preset('disk', '1 - wherry_disk_free_bytes / wherry_disk_size_bytes', ['>', 0.9, 0.87], 5, {
    ...{ severity: 'major', unit: 'share', subject: 'share of the data folder’s disk in use' },
    summary: 'The disk of the data folder is {{ value }} full',
    action:
      'Make room: what may be kept is set by logs.maxSize, calls.maxSize, metrics.maxSize and queue.maxSize',
  }),
  preset('certificate', 'wherry_certificate_end_timestamp_seconds - time()', ['<', 14 * 86_400], 0, {
    ...{ severity: 'major', unit: 'seconds', subject: 'what is left of the certificate of {{ host }}' },
    clause: 'the certificate of {{ host }} ends in less than {{ threshold }}',
    summary: 'The certificate of {{ host }} ends in {{ value }}',
    action:
      'Renew it and put the files in their place (tls.cert, tls.key); they are read again by themselves',
  }),
  preset(
    'history-lost',
    'ceil(increase(wherry_call_records_dropped_total[15m]) + increase(wherry_log_lines_dropped_total[15m]) + increase(wherry_metric_samples_dropped_total[15m]))',
    ['>', 0],
    0,
    {
      ...{
        severity: 'warning',
        subject: 'records, log lines and samples that could not be kept in 15 minutes',
        clause: 'records, log lines or samples of the last 15 minutes could not be kept',
      },
      summary: 'The gateway cannot keep its history: {{ value }} records, lines or samples were dropped',
      action: 'Is the disk full, or too slow? See wherry doctor',
    },
  ),
  preset('alert-delivery', 'wherry_alerts_undelivered', ['>', 0], 0, {
    ...{ severity: 'critical', subject: 'messages that {{ channel }} did not take' },
    clause: '{{ channel }} does not take the messages that it is sent',
    summary: '{{ value }} message{{ s }} to the channel {{ channel }} could not be delivered',
    action:
      "wherry alerts channels says why; wherry alerts channel test {{ channel }} tries it. Once it takes messages: wherry queue redrive 'channel {{ channel }}' for those that were given up, or discard",
  }),
  preset('alert-rules', 'wherry_alerts_rules_failing', ['>', 0], 5, {
    ...{ severity: 'major', subject: 'alert rules that cannot be evaluated' },
    clause: 'an alert rule cannot be evaluated',
    summary: '{{ value }} alert rule{{ s }} cannot be evaluated',
    action: 'wherry alerts rules says which and why',
  }),
];

/** One change after another. A new threshold is also where it clears, whatever that was of the old one. */
export function joinedChanges({ clear, ...before }: PresetChange, change: PresetChange): PresetChange {
  const kept = change.threshold === undefined && clear !== undefined ? { clear } : {};
  return { ...before, ...kept, ...change };
}

/** A preset with what somebody changed about it. A threshold of one's own is also where it clears, unless that is named, too. */
export function changedPreset(rule: AlertRule, change: PresetChange): AlertRule {
  const { clear, ...rest } = rule;
  const kept = change.threshold === undefined && clear !== undefined ? { clear } : {};
  return { ...rest, ...kept, ...change };
}
