import type { ChannelInfo } from '@wherry/wire/alert-channels';

export type Kind = ChannelInfo['kind'];

/** What kinds are called, in the order of how people look for them. */
export const kindWords: Readonly<Record<Kind, string>> = {
  email: 'E-mail',
  slack: 'Slack',
  webhook: 'Webhook',
  function: 'Function',
  sms: 'Short message',
  heartbeat: 'Heartbeat',
};

/** What each is, for who has to choose. */
export const kindHints: Readonly<Record<Kind, string>> = {
  email: 'Text and HTML by your mail server.',
  slack: 'An incoming webhook of Slack, or of what understands the same.',
  webhook: 'What Alertmanager sends (version 4), signed.',
  function: 'A function here is called with the whole notice as JSON; it may be private.',
  sms: 'A request to a provider of short messages, with your template.',
  heartbeat:
    'A request every minute as long as alerting works, for those who call for help when they hear nothing.',
};
