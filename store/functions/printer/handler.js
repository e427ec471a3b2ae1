// OpenFaaS's image `printer`: what a call brings is in the log, and the answer is 202.
'use strict';

module.exports = async (event, context) => {
  for (const [name, value] of Object.entries(event.headers)) console.log(`${name}=${value}`);
  const body = String(event.body ?? '');
  console.log(body === '' ? '' : `\n${body}`);
  return context.status(202).succeed();
};
