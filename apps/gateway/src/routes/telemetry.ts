import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';

/** Nothing is sent anywhere, so there is nothing to show. */
export const telemetry: Handler = ({ response }) => answerJson(response, 200, {});
