// Long because: the whole error catalogue stands in one place, so that an error seen anywhere leads here.

/** Whose doing a failure is. Decides who is told, and what counts against whom. */
export type Fault = 'caller' | 'function' | 'operator' | 'wherry';

/** One line of the catalogue. `next` is what the reader should do now; `{name}` is filled from the error's details. */
interface Entry {
  readonly status: number;
  readonly fault: Fault;
  readonly title: string;
  readonly next: string;
}

const entry = (status: number, fault: Fault, title: string, next: string): Entry => ({
  status,
  fault,
  title,
  next,
});

/**
 * Every failure that a person can see, by its code. Codes are stable: they are search terms and part of the API.
 * The HTTP status is the default for front doors that have no contract of their own.
 */
export const catalogue = {
  // What a caller sent.
  bad_request: entry(
    400,
    'caller',
    'The request cannot be understood',
    'Correct the request: the cause says what was wrong.',
  ),
  bad_name: entry(
    400,
    'caller',
    'Not a valid name',
    'Use 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit.',
  ),
  bad_secret_name: entry(
    422,
    'caller',
    'Not a valid name for a secret',
    'Use labels of 1 to 63 of a-z, 0-9 and "-", beginning and ending with a letter or digit; several with dots.',
  ),
  bad_json: entry(
    400,
    'caller',
    'The body is not the JSON that is expected here',
    'Send the documented JSON object.',
  ),
  bad_value: entry(400, 'caller', 'A value is not allowed', 'Correct the named field.'),
  bad_query: entry(422, 'caller', 'A query parameter is not allowed', 'Correct the named parameter.'),
  secret_missing: entry(
    400,
    'caller',
    'A named secret does not exist',
    'Make it first: wherry secret create {name}, in the same namespace. Or leave it out.',
  ),
  namespace_unknown: entry(
    400,
    'caller',
    'No such namespace',
    'Make it first: wherry namespace create {name}',
  ),
  image_needs_engine: entry(
    400,
    'operator',
    'This image needs a container engine',
    'Deploy the source instead: wherry deploy --name {name} --lang node --from FOLDER',
  ),
  package_unknown: entry(400, 'caller', 'No such package here', 'Upload it first: wherry deploy does both.'),
  package_refused: entry(
    400,
    'caller',
    'The package is refused',
    'Remove what the cause names, and pack again.',
  ),
  not_packable: entry(
    400,
    'caller',
    'This cannot be packed',
    'Leave it out with a line in .wherryignore, or name another folder with --from.',
  ),
  changed: entry(400, 'caller', 'A file changed while it was packed', 'Do it again.'),
  runtime_unknown: entry(400, 'caller', 'No such runtime', 'Use one of the runtimes that the cause lists.'),
  runtime_missing: entry(
    400,
    'operator',
    'The runtime is not installed on this machine',
    'Install it where the gateway runs (wherry doctor names what is missing).',
  ),
  build_failed: entry(
    422,
    'function',
    'The build failed',
    'Correct what the log says, and build again; what is deployed still runs.',
  ),
  build_refused: entry(
    400,
    'caller',
    'This cannot be built',
    'Correct what the cause names, and build again.',
  ),
  build_busy: entry(503, 'operator', 'Too many builds wait', 'Retry in a moment; build.atOnce allows more.'),
  build_exceeded: entry(
    422,
    'function',
    'The build went over its limits',
    'Make it smaller or faster, or ask the operator for more: build.time, build.memory, build.disk.',
  ),
  tool_missing: entry(
    503,
    'operator',
    'A tool that this build needs is not on this machine',
    'Install it where the gateway runs (wherry doctor names what is missing).',
  ),
  bad_signature: entry(
    401,
    'caller',
    'The signature does not fit',
    'Sign the body with the payload secret of this gateway: payload.secret in its data folder.',
  ),
  image_unknown: entry(404, 'caller', 'No such image here', 'See which there are: wherry image list'),
  store_unknown: entry(404, 'caller', 'No such entry in the store', 'See what there is: wherry store list'),
  store_unusable: entry(
    502,
    'operator',
    'The catalogue of the store cannot be used',
    'Correct store.catalogue, or leave it out for the one that is bundled.',
  ),
  entry_lied: entry(
    400,
    'caller',
    'The store says one thing and gives another',
    'Tell whoever keeps the catalogue; nothing was deployed.',
  ),
  grant_refused: entry(
    403,
    'caller',
    'This grant needs more rights',
    'Deploy with the admin token, or ask an operator.',
  ),
  network_unavailable: entry(
    503,
    'operator',
    'This machine cannot give a function a part of the network',
    'Add what the cause names (wherry doctor lists every fence), or grant none or host.',
  ),
  unauthenticated: entry(401, 'caller', 'No valid credentials', 'Send a token: wherry login, or --token.'),
  forbidden: entry(
    403,
    'caller',
    'The token does not allow this',
    'Use a token with the scope that the cause names.',
  ),
  route_taken: entry(
    409,
    'caller',
    'Another function has this address',
    'Choose another in com.wherry.routes, or remove it from that function first.',
  ),
  address_refused: entry(
    403,
    'caller',
    'Not from this address',
    'Call from one of the networks that it is open to.',
  ),
  foreign_origin: entry(
    403,
    'caller',
    'A page of another origin may not do this',
    'Use the CLI, or send the token from your own client.',
  ),
  private_function: entry(
    401,
    'caller',
    'This function is private',
    'Send a token that may invoke it, or deploy it with the annotation com.wherry.visibility: public.',
  ),
  unknown_host: entry(
    421,
    'caller',
    'This host name is not served here',
    'Use the address of the machine, or add the name to WHERRY_ALLOWED_HOSTS.',
  ),
  plain_http: entry(
    403,
    'caller',
    'Plain HTTP is not accepted from this address',
    'Come through the TLS proxy; the operator names it in WHERRY_TRUSTED_PROXIES.',
  ),
  not_found: entry(
    404,
    'caller',
    'There is nothing at this address',
    'See the list of routes in docs/api.md.',
  ),
  method_not_allowed: entry(
    405,
    'caller',
    'This method is not served here',
    'Use one of the methods in the Allow header.',
  ),
  function_unknown: entry(404, 'caller', 'No such function', 'See what is deployed: wherry list'),
  namespace_absent: entry(404, 'caller', 'No such namespace', 'See which there are: wherry namespace list'),
  secret_unknown: entry(404, 'caller', 'No such secret', 'See which there are: wherry secret list'),
  token_unknown: entry(404, 'caller', 'No such token', 'See the tokens: wherry token list'),
  package_absent: entry(404, 'caller', 'No such package here', 'Upload it: wherry deploy does.'),
  conflict: entry(
    409,
    'caller',
    'Somebody else changed this at the same time',
    'Read it again and repeat the change.',
  ),
  token_exists: entry(
    409,
    'caller',
    'A token of this name exists',
    'Choose another name, or revoke the old one first.',
  ),
  namespace_exists: entry(
    409,
    'caller',
    'A namespace of this name exists',
    'Change it instead: wherry namespace update {name}',
  ),
  namespace_in_use: entry(
    409,
    'caller',
    'The namespace is not empty',
    'Remove what the cause names first; nothing was removed.',
  ),
  quota_exceeded: entry(
    403,
    'caller',
    'The namespace has used up its quota',
    'Remove functions, or ask an operator to raise the quota that the cause names.',
  ),
  secret_exists: entry(
    409,
    'caller',
    'A secret of this name exists',
    'Change it instead: wherry secret update {name}',
  ),
  body_too_large: entry(
    413,
    'caller',
    'The body is larger than allowed',
    'Send less; the cause names the limit and the setting.',
  ),
  expectation: entry(417, 'caller', 'This expectation cannot be met', 'Leave the Expect header out.'),
  headers_too_large: entry(
    431,
    'caller',
    'The request headers are larger than allowed',
    'Send fewer or shorter headers.',
  ),
  upgrade_refused: entry(
    400,
    'caller',
    'This function speaks no other protocol',
    'Call it by plain HTTP; a program in http mode, or an exported http.Server, may take upgrades.',
  ),
  rate_limited: entry(
    429,
    'caller',
    'Too many calls in this time',
    'Retry after the time that Retry-After says; the cause names the limit.',
  ),
  request_slow: entry(408, 'caller', 'The request did not arrive in time', 'Send it again, faster.'),
  caller_gone: entry(
    499,
    'caller',
    'The caller went away before the answer',
    'Nothing: nobody waits for this call.',
  ),

  // What a function did.
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
  deploy_failed: entry(
    400,
    'function',
    'The new version does not start',
    'Correct it and deploy again; what ran before still runs.',
  ),

  alert_failed: entry(
    500,
    'operator',
    'Not every function of the alert could be scaled',
    'Correct the rule whose labels name functions that are not here.',
  ),

  // What the machine or its operator lacks.
  no_room: entry(
    503,
    'operator',
    'No memory left to start an instance',
    'Retry later, remove functions, or raise WHERRY_MEMORY_BUDGET.',
  ),
  start_failed: entry(
    503,
    'operator',
    'An instance cannot be started',
    'See what this machine lacks: wherry doctor',
  ),
  isolation_missing: entry(
    503,
    'operator',
    'This machine cannot fence functions as asked',
    'See what is missing and how to add it: wherry doctor',
  ),
  secret_unreadable: entry(
    503,
    'operator',
    'The key of a secret is lost',
    'Put the key file back, or write the secret anew: wherry secret update {name}',
  ),
  storage_full: entry(
    507,
    'operator',
    'The disk is full',
    'Make room in the data folder; nothing that was accepted is lost.',
  ),
  storage_failed: entry(
    500,
    'operator',
    'The data folder cannot be written',
    'See the gateway log, and check the disk.',
  ),
  data_newer: entry(
    500,
    'operator',
    'The data was written by a newer Wherry',
    'Start the newer Wherry again, or name another data folder in WHERRY_HOME; nothing was changed.',
  ),
  home_in_use: entry(
    503,
    'operator',
    'Another gateway uses this data folder',
    'Stop the other gateway first, or name another data folder in WHERRY_HOME.',
  ),
  stopping: entry(503, 'operator', 'The gateway is shutting down', 'Retry in a moment.'),
  internal: entry(
    500,
    'wherry',
    'Wherry made a mistake',
    'Please report it with the call id and the gateway log.',
  ),
} as const satisfies Record<string, Entry>;
