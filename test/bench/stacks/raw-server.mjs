// The yardstick: what the same work costs in one bare node:http server, without gateway, process border or fence.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end('hello');
    return;
  }
  // A handler is given the whole body, so this one gathers it too.
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/octet-stream');
    response.end(Buffer.concat(pieces));
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
// Ends with whoever started it, however that ends.
process.stdin.resume().on('end', () => process.exit(0));
