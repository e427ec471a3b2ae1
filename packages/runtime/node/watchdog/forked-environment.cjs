// The environment of a process that is started for one call: all of ours, and the request as CGI would say it.
'use strict';

const OWN = new Set(['Host', 'Method', 'Path', 'Query', 'Contentlength', 'Transfer-Encoding']);

/** `X-Call-Id` whatever case it came in: the names of the variables are made of it. */
function canonical(name) {
  return name.toLowerCase().replace(/(^|-)([a-z])/g, (_, dash, letter) => dash + letter.toUpperCase());
}

function environmentOf(request, settings) {
  if (!settings.cgiHeaders) return process.env;
  const env = { ...process.env };
  const { rawHeaders } = request;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = canonical(rawHeaders[i]);
    const variable = `Http_${name.replaceAll('-', '_')}`;
    // The first of several counts. What the request line says is not a caller's to say once more.
    if (!OWN.has(name) && !(variable in env)) env[variable] = rawHeaders[i + 1];
  }
  const mark = request.url.indexOf('?');
  env.Http_Method = request.method;
  env.Http_Path = decoded(mark < 0 ? request.url : request.url.slice(0, mark));
  if (mark >= 0 && mark < request.url.length - 1) env.Http_Query = request.url.slice(mark + 1);
  const length = lengthOf(request);
  // The header itself is gone with the connection that it was about.
  if (length === '-1') env.Http_Transfer_Encoding = 'chunked';
  if (settings.mode === 'classic') {
    if (request.headers.host !== undefined) env.Http_Host = request.headers.host;
    env.Http_ContentLength = env.Http_Content_Length = length;
  }
  return env;
}

/** As Go has it: 0 where there is no body, -1 where nobody knows before it has come. */
function lengthOf({ headers, hasBody }) {
  return headers['content-length'] ?? (hasBody ? '-1' : '0');
}

function decoded(path) {
  try {
    const text = decodeURIComponent(path);
    return text.includes('\0') ? path : text;
  } catch {
    return path;
  }
}

module.exports = { environmentOf, canonical };
