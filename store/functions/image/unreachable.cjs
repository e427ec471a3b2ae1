// Why an image could not be fetched, in words that lead on: the commonest reason is that the function was granted no network.
'use strict';
const { Refusal } = require('./refusal.cjs');

const GRANT = 'com.wherry.network: internet';

function unreachable(error, url) {
  const causes = [];
  for (
    let cause = error;
    cause !== undefined && causes.length < 5;
    cause = cause.cause ?? cause.errors?.[0]
  ) {
    causes.push(cause);
  }
  // The outermost only says that something failed, and one made of many attempts says nothing.
  const { message, code } = causes.findLast((cause) => cause.message) ?? error;
  const reason = code && !message.includes(code) ? `${message} (${code})` : message;
  const network = process.env.WHERRY_NETWORK;
  if (network === 'none' || message.includes('this function has no network')) {
    const next = `Deploy it with the annotation ${GRANT}; wherry deploy has --network internet for that.`;
    return new Refusal(
      502,
      'no-network',
      `${url.host} cannot be reached: this function has no network.`,
      next,
    );
  }
  const next =
    network === undefined || network === 'host'
      ? 'See whether the address opens in a browser.'
      : `See whether the address opens in a browser. This function's network is "${network}", and internet alone leads to public addresses only; wherry logs says what it refused.`;
  return new Refusal(502, 'image-unreachable', `${url.host} cannot be reached: ${reason}.`, next);
}

module.exports = { unreachable };
