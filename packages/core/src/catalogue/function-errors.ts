import { entry } from './entry.ts';

/** What a function did. */
export const functionErrors = {
  function_failed: entry(500, 'function', 'The function failed', 'See its log: wherry logs {name}'),
  function_crashed: entry(
    502,
    'function',
    'The function ended during the call',
    'See its last words: wherry logs {name}',
  ),
  function_garbled: entry(
    502,
    'function',
    'The function answered what cannot be sent on',
    'See its log: wherry logs {name}',
  ),
  function_timeout: entry(
    504,
    'function',
    'The function did not answer in time',
    'Make it faster, or give it longer: annotation com.wherry.timeout',
  ),
  function_broken: entry(503, 'function', 'The function does not start', 'See why: wherry describe {name}'),
  function_busy: entry(
    429,
    'function',
    'Too many calls wait for this function',
    'Retry later, or raise its concurrency.',
  ),
  deploy_failed: entry(400, 'function', 'The new version does not start', 'Correct it and deploy again.'),

  alert_failed: entry(
    500,
    'operator',
    'Not every function of the alert could be scaled',
    'Correct the rule whose labels name functions that are not here.',
  ),
  loop_detected: entry(
    508,
    'function',
    'Functions call each other in a circle',
    'Look for the function that calls itself; the cause names the depth.',
  ),
} as const;
