// Numbers of the protocol, one to one from docs/runtime-protocol.md.
'use strict';

module.exports = {
  LOAD: 1,
  LOADED: 2,
  CALL: 3,
  ANSWER: 4,
  HEAD: 5,
  FETCH: 6,
  CANCEL: 7,
  DONE: 8,
  PING: 9,
  PONG: 10,
  STOP: 11,
  /** Flag: the body follows on this connection as chunks. */
  STREAM: 1,
  /** Flag: the function failed, not the caller. */
  FAULT: 2,
  /** Bytes of a frame's header, the size field included. */
  HEADER: 20,
  LARGEST_FRAME: 1 << 20,
  /** A longer body goes over a side connection. */
  LARGEST_SMALL_BODY: 65536,
};
