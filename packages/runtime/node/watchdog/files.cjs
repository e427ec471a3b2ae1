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
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
    const found = find(root, request.url.split('?')[0]);
    if (found === undefined) return void response.writeHead(404).end('404 page not found\n');
    response.writeHead(200, {
      'Content-Type': types[path.extname(found.file).toLowerCase()] ?? 'application/octet-stream',
      'Content-Length': found.size,
      'Last-Modified': found.changed.toUTCString(),
    });
    if (request.method === 'HEAD') return void response.end();
    fs.createReadStream(found.file)
      .on('error', () => response.destroy())
      .pipe(response);
  };
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
