// Gets the image at a URL. Every limit is counted here: what a server says about its own answer may be missing or wrong.
'use strict';
const { Refusal } = require('./refusal.cjs');
const { checkSize } = require('./held.cjs');
const { unreachable } = require('./unreachable.cjs');

const MOST_REDIRECTS = 3;
/** For all of it: redirects, waiting, and the whole body. */
const TIMEOUT_MS = Number(process.env.image_timeout_ms) || 15_000;

/** The bytes, which `held` counts. `signal` is aborted when nobody waits for the answer any more. */
async function download(address, signal, held) {
  const url = urlOf(address);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await get(url, AbortSignal.any([timeout, signal]), held);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    if (!timeout.aborted) throw unreachable(error, url);
    const message = `The image did not come within ${TIMEOUT_MS / 1000} seconds.`;
    throw new Refusal(504, 'too-slow', message, 'Try again, or put the image where it is fetched faster.');
  }
}

function urlOf(address) {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url === null || !isWeb(url)) {
    const message = `image is not the URL of something on the web: ${String(JSON.stringify(address)).slice(0, 200)}.`;
    throw new Refusal(400, 'not-a-url', message, 'Send one that begins with http:// or https://.');
  }
  if (url.username !== '' || url.password !== '') {
    const message = 'image is a URL with a user or a password in it.';
    throw new Refusal(400, 'not-a-url', message, 'Send one that needs neither.');
  }
  return url;
}

const isWeb = (url) => url.protocol === 'http:' || url.protocol === 'https:';

async function get(first, signal, held) {
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const answer = await fetch(url, {
      signal,
      redirect: 'manual',
      headers: { accept: 'image/png, image/jpeg', 'user-agent': 'wherry-store-function' },
    });
    const to = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || to === null) return bodyOf(answer, url, held);
    await answer.body?.cancel();
    url = next(url, to, redirects);
  }
}

/** Where a redirect leads, which is judged like the first address. */
function next(url, to, redirects) {
  if (redirects === MOST_REDIRECTS) {
    const message = `${url.host} redirects again, after ${MOST_REDIRECTS} redirects.`;
    throw new Refusal(502, 'too-many-redirects', message, 'Send the address that they lead to.');
  }
  const target = URL.parse(to, url);
  if (target !== null && isWeb(target) && target.username === '' && target.password === '') return target;
  const message = `${url.host} redirects to ${to.slice(0, 200)}, where this function does not go.`;
  throw new Refusal(
    502,
    'redirect-refused',
    message,
    'Send the address of the image itself, by http or https.',
  );
}

async function bodyOf(answer, url, held) {
  try {
    if (answer.status !== 200) {
      const message = `${url.host} answered ${answer.status} ${answer.statusText}`.trim();
      throw new Refusal(502, 'image-refused', `${message}.`, 'See whether the address opens in a browser.');
    }
    checkSize(Number(answer.headers.get('content-length')));
    const pieces = [];
    for await (const piece of answer.body ?? []) {
      held.add(piece.length);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } finally {
    // Nothing where it has been read to its end.
    await answer.body?.cancel().catch(() => {});
  }
}

module.exports = { download };
