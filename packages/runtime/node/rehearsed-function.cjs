// What many functions look like, for `rehearsal.cjs`.
'use strict';

module.exports = async (event, context) =>
  context.status(200).headers({ 'content-type': event.headers['content-type'] }).succeed(event.body);
