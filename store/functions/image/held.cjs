// The bytes of images that wait in memory for their turn, of all calls of this instance together.
'use strict';
const { Refusal } = require('./refusal.cjs');

const MIB = 1024 * 1024;
const MOST_OF_ONE = 10 * MIB;
const MOST_OF_ALL = 20 * MIB;

let all = 0;

/** What one call holds. */
class Held {
  #bytes = 0;

  add(bytes) {
    this.#bytes += bytes;
    all += bytes;
    if (this.#bytes > MOST_OF_ONE) throw tooLarge('more');
    if (all > MOST_OF_ALL) {
      const message = 'This function is busy with other images.';
      throw new Refusal(503, 'busy', message, 'Try again in a second.');
    }
  }

  release() {
    all -= this.#bytes;
    this.#bytes = 0;
  }
}

/** Refuses a size that is known beforehand. */
function checkSize(bytes) {
  if (bytes > MOST_OF_ONE) throw tooLarge(`${Math.ceil((bytes / MIB) * 10) / 10} MiB`);
}

function tooLarge(found) {
  const message = `The image has ${found}, and ${MOST_OF_ONE / MIB} MiB are the most.`;
  return new Refusal(413, 'image-too-large', message, 'Send a smaller image.');
}

module.exports = { Held, checkSize };
