// Alerting on stand-ins: numbers that a test chooses, channels that remember what they got, time that a test lets pass.
import type { AlertRule } from '@wherry/core/alert';
import type { Channel, ChannelSecret, Notice } from '@wherry/core/alert-channel';
import { family } from '../metrics/families.ts';
import { Rig, type RigOptions } from '../rig.fixtures.ts';

export const minute = 60_000;

export const channel = (name: string, more: Partial<Channel> = {}): Channel => ({
  ...{ name, kind: 'webhook', matchers: [], resolved: true, origin: 'https://hooks.example', ...more },
});

export const rule = (name: string, more: Partial<AlertRule> = {}): AlertRule => ({
  ...{ name, source: { kind: 'query', text: 'heat' }, is: '>', threshold: 10, forMs: 0, keepMs: 0 },
  ...{ severity: 'warning', unit: 'number', labels: {}, subject: 'heat of {{ function }}', action: '' },
  ...{ summary: '{{ function }} is hot: {{ value }}', channels: [], enabled: true, preset: false, ...more },
});

export class AlertRig extends Rig {
  /** Of each function; those that are not there have no series. */
  readonly heat = new Map<string, number>();

  static async start(options: RigOptions = {}): Promise<AlertRig> {
    const rig = new AlertRig(options);
    rig.platform.measuring.add(() => [
      family('heat', 'gauge', 'For tests', rig.heat, ([name, value]) => [{ function_name: name }, value]),
    ]);
    await rig.platform.open();
    return rig;
  }

  /** The same disks under a new platform, as after a kill: nothing of the old one is asked or told. */
  async restart(parts: RigOptions['parts'] = {}): Promise<AlertRig> {
    const { history, alerts, queue, logs, audit, secrets, desired, notices } = this;
    const disks = { history, alerts, queue, logs, audit, secrets, desired, notices, ...parts };
    const next = await AlertRig.start({ parts: disks, startsAt: this.clock.now() });
    Object.assign(next, disks);
    await next.clock.advance(0);
    return next;
  }

  get book() {
    return this.platform.alerts;
  }

  channel(name: string, more: Partial<Channel> = {}, secret: ChannelSecret = {}): Promise<void> {
    return this.book.channels.put(channel(name, more), secret);
  }

  /** What each channel was told: status, and who it was about. */
  get told(): readonly string[] {
    return this.notices.sent.map(
      ({ channel: name, notice }) => `${name}: ${notice.status} ${notice.rule} ${namesIn(notice).join(' ')}`,
    );
  }

  get states(): readonly string[] {
    return this.book.list().map(({ state, labels }) => `${state} ${labels['function_name'] ?? ''}`);
  }
}

function namesIn({ alerts }: Notice): readonly string[] {
  return alerts.map(({ labels }) => labels['function_name'] ?? '').sort();
}
