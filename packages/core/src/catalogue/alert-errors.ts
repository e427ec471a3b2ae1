import { entry } from './entry.ts';

/** Alerts, and who is told of them. */
export const alertErrors = {
  alert_rule_unknown: entry(
    404,
    'caller',
    'There is no such alert rule',
    'See which there are: wherry alerts rules',
  ),
  alert_rule_refused: entry(
    400,
    'caller',
    'The alert rule cannot be used',
    'Correct it: the cause says what is wrong.',
  ),
  alert_channel_unknown: entry(
    404,
    'caller',
    'There is no such channel',
    'See which there are: wherry alerts channels',
  ),
  alert_channel_refused: entry(
    400,
    'caller',
    'Nothing will be sent there',
    'Name an address on the public internet, or ask the operator to allow this one: alerts.targets',
  ),
  alert_channel_used: entry(
    409,
    'caller',
    'Reports go there',
    'Have them sent elsewhere first: wherry reports unsubscribe NAME, then subscribe it again.',
  ),
  alert_silence_unknown: entry(
    404,
    'caller',
    'There is no such silence',
    'See which there are: wherry alerts silences',
  ),
  alerts_full: entry(409, 'caller', 'There are as many of these as there may be', 'Remove one first.'),
  bad_pattern: entry(
    400,
    'caller',
    'The regular expression cannot be used',
    'Correct it: the grammar is RE2, without look-ahead and references back.',
  ),
};
