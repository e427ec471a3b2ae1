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
  if (request.headers['transfer-encoding'] !== undefined)
    env.Http_Transfer_Encoding = request.headers['transfer-encoding'];
  if (settings.mode === 'classic') {
    if (request.headers.host !== undefined) env.Http_Host = request.headers.host;
    const length = request.headers['content-length'];
    if (length !== undefined) env.Http_ContentLength = env.Http_Content_Length = length;
  }
  return env;
}

function decoded(path) {
  try {
    const text = decodeURIComponent(path);
    return text.includes('\0') ? path : text;
  } catch {
    return path;
  }
}

module.exports = { environmentOf };
