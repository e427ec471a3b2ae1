'use strict';

// An OpenFaaS handler: the event is the request, the context makes the answer.
module.exports = async (event, context) => {
  const name = String(event.body || 'world').trim() || 'world';
  return context.status(200).succeed(`Hello, ${name}! This is Node ${process.versions.node}.\n`);
};
