// of-watchdog's mode `static`: the files of a folder.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.pdf': 'application/pdf',
  '.woff2': 'font/woff2',
};

/** Throws where the folder is not there. */
function files({ staticPath }) {
  const root = fs.realpathSync(staticPath);
  return (request, response) => {
    const found = find(root, request.url.split('?')[0]);
    if (found === undefined) return void response.writeHead(404).end('404 page not found\n');
    const { file, size, changed } = found;
    response.setHeader('Last-Modified', changed.toUTCString());
    response.setHeader('Accept-Ranges', 'bytes');
    const since = Date.parse(request.headers['if-modified-since'] ?? '');
    if (Math.floor(changed.getTime() / 1000) * 1000 <= since) return void response.writeHead(304).end();
    const range = rangeOf(request.headers.range, size);
    if (range === 'none')
      return void response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end('invalid range\n');
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.setHeader('Content-Type', types[path.extname(file).toLowerCase()] ?? 'application/octet-stream');
    response.setHeader('Content-Length', end - start + 1);
    if (range !== undefined) response.setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
    response.writeHead(range === undefined ? 200 : 206);
    if (request.method === 'HEAD' || size === 0) return void response.end();
    fs.createReadStream(file, { start, end })
      .on('error', () => response.destroy())
      .pipe(response);
  };
}

/** One range of bytes (RFC 9110 section 14.1.2); several are answered as if none had been asked for. */
function rangeOf(text, size) {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(text ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return start <= end && start < size ? { start, end } : 'none';
}

/** The file that a path means, also behind links, and nothing outside of the folder. */
function find(root, target) {
  try {
    const decoded = decodeURIComponent(target);
    if (decoded.includes('\0')) return undefined;
    let file = fs.realpathSync(path.join(root, path.normalize(`/${decoded}`)));
    if (fs.statSync(file).isDirectory()) file = fs.realpathSync(path.join(file, 'index.html'));
    if (file !== root && !file.startsWith(root + path.sep)) return undefined;
    const stats = fs.statSync(file);
    return stats.isFile() ? { file, size: stats.size, changed: stats.mtime } : undefined;
  } catch {
    return undefined;
  }
}

module.exports = { files };
