// What a function answers when it cannot do what it was asked: what is wrong, in a word for programs and in a sentence for people, and
// what to do next.
'use strict';

class Refusal extends Error {
  constructor(status, code, message, next) {
    super(message);
    this.status = status;
    this.answer = { error: code, message, next };
  }
}

/** Runs the work, and answers with its refusal where it refuses; whatever else goes wrong is a fault of the function. */
async function refusing(context, work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 503) context.headers({ 'retry-after': '1' });
    return context.status(error.status).succeed(error.answer);
  }
}

module.exports = { Refusal, refusing };
