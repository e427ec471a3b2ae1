import type { Labels } from '@wherry/core/metric';
import type { Notice } from '@wherry/core/alert-channel';

/**
 * A message as Alertmanager's webhook has it (version 4), so that whatever receives those receives ours. `receiver` is the channel.
 */
export function alertmanagerMessage(notice: Notice, receiver: string): object {
  const { status, alerts, more, rule, namespace, source } = notice;
  const shown = alerts.map((alert) => {
    const { labels, sentence, summary, action, value, startsAt, endsAt, fingerprint } = alert;
    return {
      ...{ status: alert.status, labels },
      annotations: { summary, description: sentence, action, value },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(endsAt).toISOString(),
      ...{ generatorURL: source, fingerprint },
    };
  });
  return {
    ...{ version: '4', groupKey: `${rule}/${namespace}`, truncatedAlerts: more, status, receiver },
    groupLabels: { alertname: rule, ...(namespace === '' ? {} : { namespace }) },
    commonLabels: common(shown.map(({ labels }) => labels)),
    commonAnnotations: common(shown.map(({ annotations }) => annotations)),
    ...{ externalURL: source, alerts: shown },
  };
}

function common(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([key, value]) =>
      others.every((labels) => Object.hasOwn(labels, key) && labels[key] === value),
    ),
  );
}
