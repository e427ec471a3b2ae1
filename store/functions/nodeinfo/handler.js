// What OpenFaaS's image `nodeinfo` says of the place where it runs.
'use strict';
const os = require('node:os');
const { inspect } = require('node:util');

module.exports = async (event, context) => {
  const lines = [
    `Hostname: ${os.hostname()}`,
    '',
    `Arch: ${os.arch()}`,
    `CPUs: ${os.cpus().length}`,
    `Total mem: ${Math.round(os.totalmem() / 2 ** 20)}MB`,
    `Platform: ${os.platform()}`,
    `Uptime: ${os.uptime()}`,
  ];
  if (asText(event.body).includes('verbose')) lines.push(inspect(os.cpus()), inspect(os.networkInterfaces()));
  return context.headers({ 'content-type': 'text/plain' }).succeed(`${lines.join('\n')}\n`);
};

/** A form's body is an object by now. */
function asText(body) {
  return typeof body === 'object' && !Buffer.isBuffer(body) ? JSON.stringify(body) : String(body);
}
