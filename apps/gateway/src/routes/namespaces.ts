import { defaultNamespace } from '@wherry/core/names';
import { answerJson } from '../http/json-answer.ts';
import type { Handler } from '../http/router.ts';

export const namespaces: Handler = (exchange) => answerJson(exchange.response, 200, [defaultNamespace]);
