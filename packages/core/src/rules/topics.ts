import { WherryError } from '../errors.ts';
import { printable } from '../names.ts';

/** What brokers that people come from allow between them: Kafka's and NATS's dots, MQTT's slashes, `table:action` of Postgres. */
const topicName = /^[A-Za-z0-9_][A-Za-z0-9._:/-]{0,254}$/;
const mostTopics = 100;

/** The name itself, or `bad_value`. */
export function checkTopic(field: string, text: string): string {
  if (topicName.test(text)) return text;
  throw new WherryError(
    'bad_value',
    `${field}: ${printable(text)} is not a topic: letters, digits and . _ : / - , at most 255, not beginning with a mark`,
    { component: 'rules' },
  );
}

/** The parts of the annotation `topic`, as connectors split it. */
export function topicList(text: string | undefined): readonly string[] {
  const parts = (text ?? '').split(',').map((part) => part.trim());
  return [...new Set(parts.filter((part) => part !== ''))];
}

/**
 * Reads the annotation `topic`: what a function wants to hear of. Connectors of others have patterns of their own there (`sensors/+/heat`), so more
 * is taken than can be published to. Throws `bad_value`.
 */
export function topicsOf(text: string | undefined): readonly string[] {
  const topics = topicList(text);
  const wrong = topics.find((topic) => !/^[!-~]{1,255}$/.test(topic));
  if (wrong !== undefined) throw refusal(`${printable(wrong)} has blanks, or more than 255 characters`);
  if (topics.length > mostTopics) throw refusal(`more than ${mostTopics}`);
  return topics;
}

function refusal(rule: string): WherryError {
  return new WherryError('bad_value', `topic: ${rule}`, { component: 'rules' });
}
